import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { randomToken, Secret } from '#platform/crypto';
import { isGenuine, readRefreshToken, writeRefreshToken } from './refresh-token.ts';

const key = new Secret(randomToken());
const sessionId = randomUUID();

describe('refresh tokens (IAM-06)', () => {
  it('read back as they were written, for every length of counter', () => {
    for (const counter of [0, 1, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152, 2 ** 31 - 1]) {
      const read = readRefreshToken(writeRefreshToken(key, sessionId, counter));
      expect(read).toMatchObject({ sessionId, counter });
      expect(read !== null && isGenuine(key, read)).toBe(true);
    }
  });

  it('are not genuine under the key of another session', () => {
    const read = readRefreshToken(writeRefreshToken(key, sessionId, 3));
    expect(read !== null && isGenuine(new Secret(randomToken()), read)).toBe(false);
  });

  it('are refused by their checksum for every changed character', () => {
    const token = writeRefreshToken(key, sessionId, 300);
    for (let at = 0; at < token.length; at += 1) {
      const changed = `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`;
      expect(readRefreshToken(changed), `at ${at}`).toBeNull();
    }
  });

  it('are refused when they are shorter, longer, padded, empty or random', () => {
    const token = writeRefreshToken(key, sessionId, 1);
    const others = [
      '',
      'A',
      token.slice(0, -1),
      `${token}A`,
      `${token}=`,
      ` ${token}`,
      token.repeat(3),
      randomBytes(40).toString('base64url'),
      '%00',
      'ç'.repeat(60),
    ];
    for (const text of others) expect(readRefreshToken(text), text).toBeNull();
  });
});
