import { describe, expect, it } from 'vitest';
import { normalOrigin } from './origin.ts';

const abroad = { localAllowed: false };

describe('an origin an account vouches for (HT-02)', () => {
  it.each([
    ['https://chat.example.com', 'https://chat.example.com'],
    ['https://chat.example.com/', 'https://chat.example.com'],
    ['  HTTPS://Chat.Example.COM:443 ', 'https://chat.example.com'],
    ['https://chat.example.com:8443', 'https://chat.example.com:8443'],
    ['https://münchen.example', 'https://xn--mnchen-3ya.example'],
    ['https://10.0.0.5', 'https://10.0.0.5'],
    ['https://chatwoot', 'https://chatwoot'],
  ])('%s is kept as browsers send it', (given, kept) => {
    expect(normalOrigin(given, abroad)).toBe(kept);
  });

  it.each([
    'http://chat.example.com',
    'https://*.example.com',
    'https://*',
    '*',
    'null',
    '',
    'chat.example.com',
    '//chat.example.com',
    'https://a;script-src *',
    'https://a.example;script-src',
    'https://a.example, https://b.example',
    'https://a.example https://b.example',
    'https://a.example\nhttps://b.example',
    'https://a.exa\tmple',
    'https://a.example\r\nX-Evil: 1',
    'https://a.example\u0000',
    "https://a.example'unsafe-inline'",
    'https://user@a.example',
    'https://user:password@a.example',
    'https://a.example/path',
    'https://a.example?',
    'https://a.example?q=1',
    'https://a.example#',
    'https://a.example.',
    'https://-a.example',
    'https://[::1]',
    'https:a.example',
    'https:\\\\a.example',
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'ftp://a.example',
    'https://a.example:99999',
    'https://',
    'http://localhost:3000',
    'http://127.0.0.1',
  ])('%j is none', (given) => {
    expect(normalOrigin(given, abroad)).toBeNull();
  });

  it('plain http on this machine is one only where that is allowed, and nothing that only begins like it', () => {
    const here = { localAllowed: true };
    expect(normalOrigin('http://localhost:3000', here)).toBe('http://localhost:3000');
    expect(normalOrigin('http://127.0.0.1:8080', here)).toBe('http://127.0.0.1:8080');
    for (const given of [
      'http://localhost.evil.example',
      'http://evil.example',
      'http://localhost:3000/x',
      'http://127.0.0.1.evil.example',
    ])
      expect(normalOrigin(given, here), given).toBeNull();
  });
});
