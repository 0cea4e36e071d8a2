import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createBoundedPool } from './bounded-pool.ts';
import { createKeyRing, type KeyEncryptionKey } from './key-ring.ts';
import { createPasswords, peppersOf } from './passwords.ts';

const passwords = createPasswords();
const withKeys = (current: KeyEncryptionKey, ...previous: KeyEncryptionKey[]) =>
  createPasswords({ peppers: peppersOf(createKeyRing({ current, previous })) });
const made = async (password: string, by = passwords): Promise<string> => {
  const result = await by.hashPassword(password);
  if (!result.ok) throw new Error(result.reason);
  return result.hash;
};

describe('IAM-15: password hashes', () => {
  it('are argon2id with m=19456, t=2, p=1, a 16 byte salt and a 32 byte tag', async () => {
    const hash = await made('correct horse');
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(passwords.needsRehash(hash)).toBe(false);
    expect(passwords.needsRehash('$argon2id$v=19$m=4096,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$b0mvbG2m0h1pZ1mB4b2q7Y0vJv0n8QmWm0b0v1Yx3mY')).toBe(
      true,
    );
  });

  it.each(['x'.repeat(64), 'x'.repeat(200), ' leading and trailing ', 'senhação 密码 🔑', 'a\u0000b'])(
    'keep every character (case %#)',
    async (password) => {
      const hash = await made(password);
      expect(await passwords.verifyPassword(password, hash)).toBe('match');
      expect(await passwords.verifyPassword(`${password}x`, hash)).toBe('mismatch');
      expect(await passwords.verifyPassword(password.slice(0, -1), hash)).toBe('mismatch');
    },
  );

  it('take composed and decomposed letters for the same', async () => {
    expect(await passwords.verifyPassword('cafe\u0301', await made('caf\u00e9'))).toBe('match');
  });

  it('name their pepper, do not match without it, and are renewed when it changes', async () => {
    const old = { id: 'k1', key: randomBytes(32) };
    const peppered = withKeys(old);
    const hash = await made('secret', peppered);
    expect(hash).toContain(`data=${Buffer.from('k1').toString('base64').replace(/=+$/, '')}`);
    expect(await peppered.verifyPassword('secret', hash)).toBe('match');
    expect(peppered.needsRehash(hash)).toBe(false);
    expect(await passwords.verifyPassword('secret', hash)).toBe('mismatch');
    const rotated = withKeys({ id: 'k2', key: randomBytes(32) }, old);
    expect(await rotated.verifyPassword('secret', hash)).toBe('match');
    expect(rotated.needsRehash(hash)).toBe(true);
    expect(await rotated.verifyPassword('secret', await made('secret'))).toBe('match');
  });
});

it('IAM-18: an unknown user costs what a wrong password costs', async () => {
  const hash = await made('secret');
  const time = async (stored: string | undefined): Promise<number> => {
    const started = performance.now();
    expect(await passwords.verifyPassword('wrong', stored)).toBe('mismatch');
    return performance.now() - started;
  };
  const fastest = { known: Infinity, unknown: Infinity };
  for (let at = 0; at < 5; at += 1) {
    fastest.known = Math.min(fastest.known, await time(hash));
    fastest.unknown = Math.min(fastest.unknown, await time(undefined));
  }
  console.info(`verify: known ${fastest.known.toFixed(1)} ms, unknown ${fastest.unknown.toFixed(1)} ms`);
  expect(fastest.unknown).toBeGreaterThan(fastest.known / 3);
  expect(await passwords.verifyPassword('wrong', '')).toBe('mismatch');
  expect(await passwords.verifyPassword('wrong', 'plain text')).toBe('mismatch');
});

describe('IAM-16: the pool', () => {
  it('answers busy beyond the running and the waiting ones', async () => {
    const small = createPasswords({ concurrency: 1, queueLimit: 2 });
    const results = await Promise.all(Array.from({ length: 6 }, () => small.verifyPassword('x', undefined)));
    expect(results).toEqual(['mismatch', 'mismatch', 'mismatch', 'busy', 'busy', 'busy']);
    expect((await small.hashPassword('x')).ok).toBe(true);
  });

  it('never runs more than allowed at once, in the order of arrival, also past failures', async () => {
    const pool = createBoundedPool(2, 100);
    let running = 0;
    let most = 0;
    const order: number[] = [];
    const jobs = Array.from({ length: 30 }, (_, at) =>
      pool.run(async () => {
        running += 1;
        most = Math.max(most, running);
        order.push(at);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
        if (at % 3 === 0) throw new Error('job failed');
        return at;
      }),
    );
    const settled = await Promise.allSettled(jobs);
    expect(most).toBe(2);
    expect(order).toEqual(Array.from({ length: 30 }, (_, at) => at));
    expect(settled.filter(({ status }) => status === 'rejected')).toHaveLength(10);
  });
});
