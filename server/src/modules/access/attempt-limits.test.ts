import { describe, expect, it } from 'vitest';
import { createMemoryAttemptStore, networkOf } from './attempt-limits.ts';

function storeAt() {
  let ms = 0;
  const store = createMemoryAttemptStore({ now: () => new Date(ms), monotonicMs: () => ms });
  return { store, pass: (by: number) => void (ms += by) };
}

describe('attempt limits (IAM-17)', () => {
  it('lets through no more than the limit, however many come at once', async () => {
    const { store } = storeAt();
    const verdicts = await Promise.all(Array.from({ length: 200 }, () => store.take('a', { attempts: 10, windowMs: 1_000 })));
    expect(verdicts.filter(({ allowed }) => allowed)).toHaveLength(10);
  });

  it('begins anew after the window, and says how long that is', async () => {
    const { store, pass } = storeAt();
    await store.take('a', { attempts: 1, windowMs: 60_000 });
    expect(await store.take('a', { attempts: 1, windowMs: 60_000 })).toEqual({ allowed: false, retryAfterSeconds: 60 });
    pass(60_000);
    expect(await store.take('a', { attempts: 1, windowMs: 60_000 })).toEqual({ allowed: true });
  });

  it('with a growing wait never locks: each further attempt waits twice as long, up to the longest', async () => {
    const { store, pass } = storeAt();
    const allowance = { attempts: 3, windowMs: 60_000, growingWait: { firstMs: 1_000, longestMs: 4_000 } };
    for (let attempt = 0; attempt < 3; attempt += 1) expect((await store.take('a', allowance)).allowed).toBe(true);
    for (const waitSeconds of [1, 2, 4, 4, 4]) {
      expect(await store.take('a', allowance)).toEqual({ allowed: false, retryAfterSeconds: waitSeconds });
      pass(waitSeconds * 1_000);
      expect((await store.take('a', allowance)).allowed).toBe(true);
    }
  });

  it('does not count what is given back', async () => {
    const { store } = storeAt();
    for (let attempt = 0; attempt < 5; attempt += 1) {
      expect((await store.take('a', { attempts: 1, windowMs: 1_000 })).allowed).toBe(true);
      await store.giveBack('a');
    }
  });

  it('keeps a bounded number of keys', async () => {
    const store = createMemoryAttemptStore({ now: () => new Date(0), monotonicMs: () => 0 }, 2);
    for (const key of ['a', 'b', 'c']) await store.take(key, { attempts: 1, windowMs: 1_000 });
    expect((await store.take('a', { attempts: 1, windowMs: 1_000 })).allowed).toBe(true);
    expect((await store.take('c', { attempts: 1, windowMs: 1_000 })).allowed).toBe(false);
  });

  it('counts one IPv6 customer as one, and IPv4 written as IPv6 as IPv4', () => {
    expect(networkOf('2001:db8:0:1200::1')).toBe(networkOf('2001:db8:0:12ff:ffff::2'));
    expect(networkOf('2001:db8:0:1200::1')).not.toBe(networkOf('2001:db8:0:1300::1'));
    expect(networkOf('::ffff:192.0.2.1')).toBe('192.0.2.1');
    expect(networkOf('192.0.2.1')).toBe('192.0.2.1');
  });
});
