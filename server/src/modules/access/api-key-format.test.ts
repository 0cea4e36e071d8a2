import { describe, expect, it } from 'vitest';
import { makeApiKey, readApiKey } from './api-key-format.ts';

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

describe('API keys look like nothing else (AK-01)', () => {
  it('carry a prefix, a public id, 178 random bits and a checksum, and never twice the same', () => {
    const made = Array.from({ length: 5_000 }, () => makeApiKey());
    expect(new Set(made.map(({ key }) => key.expose())).size).toBe(5_000);
    expect(new Set(made.map(({ publicId }) => publicId)).size).toBe(5_000);
    for (const { key, publicId, secret, hint } of made.slice(0, 200)) {
      expect(key.expose()).toMatch(/^wph_live_[0-9A-Za-z]{12}_[0-9A-Za-z]{36}$/);
      expect(readApiKey(key.expose())).toMatchObject({ publicId });
      expect(readApiKey(key.expose())?.secret.expose()).toBe(secret.expose());
      expect(hint).toBe(`wph_live_${publicId}_…${key.expose().slice(-4)}`);
    }
  });

  it('are refused with any one character changed, before anything is looked up', () => {
    const key = makeApiKey().key.expose();
    let refused = 0;
    for (let at = 0; at < key.length; at += 1) {
      const other = BASE62[(BASE62.indexOf(key[at] ?? '') + 7) % 62] ?? '0';
      if (readApiKey(key.slice(0, at) + other + key.slice(at + 1)) === null) refused += 1;
    }
    expect(refused).toBe(key.length);
  });

  it.each([
    '',
    'wph_live_',
    'wph_test_abc',
    `${makeApiKey().key.expose()} `,
    makeApiKey().key.expose().slice(0, -1),
    'eyJhbGciOiJFZERTQSJ9.e30.x',
  ])('is nothing else: %#', (text) => expect(readApiKey(text)).toBeNull());
});
