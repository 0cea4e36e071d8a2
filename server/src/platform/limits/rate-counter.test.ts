import { describe, expect, it } from 'vitest';
import { createMemoryCounter } from './memory-counter.ts';
import { createSharedCounter } from './shared-counter.ts';

function steered() {
  let ms = 0;
  return { clock: { now: () => new Date(ms), monotonicMs: () => ms }, pass: (by: number) => void (ms += by) };
}
const rule = { points: 50, perSeconds: 60 };

describe('the counter (AK-07)', () => {
  it('lets exactly 50 of 100 through that come at once, and charges nothing for the others', async () => {
    const counter = createMemoryCounter(steered().clock);
    const taken = await Promise.all(Array.from({ length: 100 }, () => counter.take('a', 1, rule)));
    expect(taken.filter(({ ok }) => ok)).toHaveLength(50);
    expect(await counter.take('a', 1, { points: 51, perSeconds: 60 })).toMatchObject({ ok: true, remaining: 0 });
  });

  it('charges a batch by its items: what does not fit whole is refused whole', async () => {
    const counter = createMemoryCounter(steered().clock);
    for (let batch = 0; batch < 5; batch += 1) expect((await counter.take('a', 10, rule)).ok).toBe(true);
    expect(await counter.take('a', 10, rule)).toMatchObject({ ok: false, remaining: 0 });
  });

  it('begins anew after the window and says how long that is', async () => {
    const { clock, pass } = steered();
    const counter = createMemoryCounter(clock);
    await counter.take('a', 50, rule);
    pass(59_000);
    expect(await counter.take('a', 1, rule)).toEqual({ ok: false, remaining: 0, resetMs: 1_000 });
    pass(1_000);
    expect(await counter.take('a', 1, rule)).toEqual({ ok: true, remaining: 49, resetMs: 60_000 });
  });

  it('counts one key apart from another and keeps a bounded number of them', async () => {
    const counter = createMemoryCounter(steered().clock, 2);
    for (const key of ['a', 'b', 'c']) expect(await counter.take(key, 1, rule)).toMatchObject({ ok: true, remaining: 49 });
    expect(await counter.take('c', 1, rule)).toMatchObject({ remaining: 48 });
    expect(await counter.take('a', 1, rule)).toMatchObject({ remaining: 49 });
  });
});

describe('with the store away (HT-10)', () => {
  it('counts in this process at half the rate, asks the store again after a second, and is never without a limit', async () => {
    const { clock, pass } = steered();
    let asked = 0;
    let away = true;
    const counter = createSharedCounter(
      {
        run: async () => {
          asked += 1;
          if (away) throw new Error('away');
          return [1, 7, 1_000];
        },
        close: () => undefined,
      },
      clock,
    );
    const taken = [];
    for (let call = 0; call < 100; call += 1) taken.push(await counter.take('a', 1, rule));
    expect(taken.filter(({ ok }) => ok)).toHaveLength(25);
    expect(asked).toBe(1);
    away = false;
    pass(1_000);
    expect(await counter.take('a', 1, rule)).toEqual({ ok: true, remaining: 7, resetMs: 1_000 });
  });
});
