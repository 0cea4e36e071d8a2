import { describe, expect, it } from 'vitest';
import { scrubText } from './scrub-text.ts';

const JWT = `eyJ${'hbGciOiJIUzI1NiJ9'}.eyJ${'zdWIiOiIxIn0'}.c2lnbmF0dXJl`;

describe('SE-08: secret values in texts', () => {
  it.each([
    ['key wph_live_AbC-123_x.', 'key [secret]'],
    [`got ${JWT} here`, 'got [secret] here'],
    ['Authorization: Bearer abc.def', 'Authorization: [secret]'],
    ['sent Bearer abc', 'sent Bearer [secret]'],
    ['whsec_MfKQ9r8G', '[secret]'],
    ['$aact_YTU5YTE0M2M2N2I4MTliNzk0YTI5N2U5MzdjNWZmNDQ6', '[secret]'],
    ['POST /hooks/uazapi/AbCdEf/messages?x=1', 'POST /hooks/uazapi/[secret]/messages?x=1'],
    ['https://h/x?a=1&token=abc&b=2', 'https://h/x?a=1&token=[secret]&b=2'],
    ['https://h/x?key=abc#f', 'https://h/x?key=[secret]#f'],
    ['redis://:pw@redis:6379/0', 'redis://[secret]@redis:6379/0'],
    ['password=hunter2', 'password=[secret]'],
    ['{"api_access_token":"a\\"b","x":1}', '{"api_access_token":[secret],"x":1}'],
    ['uid: ana\nclient: xyz', 'uid: [secret]\nclient: [secret]'],
  ])('%s', (text, expected) => {
    expect(scrubText(text)).toBe(expected);
  });
});

describe('people in texts', () => {
  it.each([
    '+55 11 99999-8888',
    '+5511999998888',
    '5511999998888',
    '(11) 99999-8888',
    'call 11999998888 now',
    'x@y.com.br',
    '120363025246125486@g.us',
    '5511999998888:12@s.whatsapp.net',
  ])('%s is replaced by a mark', (text) => {
    expect(scrubText(`for ${text}!`)).toMatch(/^for (?:call )?(?:phone|email)#[a-p]{10}(?:@[a-z.]+)?(?: now)?!$/);
  });
});

it.each([
  'GET /accounts/:accountId/inboxes answered 200 in 12 ms',
  '2026-03-01T12:00:00.123Z',
  'started at 1767323045678',
  'id 0190c1a2-7f1e-7b3a-9c55-123456789012',
  'lane 3, attempt 2 of 5',
  'connect ECONNREFUSED 10.0.0.5:5432',
  'the http client: timeout after 10000 ms',
  'undici 7.30.2',
])('%s stays as it is', (text) => {
  expect(scrubText(text)).toBe(text);
});

it('scrubbing twice changes nothing more', () => {
  const text = `token=abc 5511999998888 x@y.com 5511999998888@s.whatsapp.net Bearer q {"secret":"x"} /hooks/a/b ${JWT}`;
  expect(scrubText(scrubText(text))).toBe(scrubText(text));
});

it('no text takes long', () => {
  const hard = [
    'a',
    'token',
    '"',
    '\\"',
    '@',
    'a@',
    '+1',
    '1',
    '://',
    'eyJ',
    'token:"',
    "token:'",
    'bearer ',
    '?a=',
    '[',
    'token[',
    '/hooks/',
    '. ',
    ' \t',
    'uid"',
    'token"\\',
  ];
  let worst = 0;
  for (const part of hard) {
    for (const start of ['', 'token@: ', 'uid": "']) {
      const text = start + part.repeat(9_000);
      const started = performance.now();
      scrubText(text);
      worst = Math.max(worst, performance.now() - started);
    }
  }
  console.info(`slowest of the hostile texts: ${worst.toFixed(1)} ms`);
  expect(worst).toBeLessThan(250);
});
