import { describe, expect, test } from 'vitest';
import { createDispatcher } from './dispatcher.ts';
import type { LaneRef } from './road.ts';

const lane = (accountId: string, laneId: string): LaneRef => ({ accountId, laneId });
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function bench(concurrency: number, perAccount: number) {
  const started: string[] = [];
  const finish = new Map<string, () => void>();
  const errors: unknown[] = [];
  const dispatcher = createDispatcher({
    concurrency,
    perAccount,
    run: ({ laneId }) => {
      started.push(laneId);
      return new Promise<void>((resolve) => finish.set(laneId, resolve));
    },
    onError: (_lane, error) => errors.push(error),
  });
  const end = async (laneId: string): Promise<void> => {
    finish.get(laneId)?.();
    await turn();
  };
  return { dispatcher, started, end, errors };
}

describe('the dispatcher', () => {
  test('a lane runs once however often it is woken while it waits', async () => {
    const { dispatcher, started, end } = bench(1, 1);
    dispatcher.wake(lane('a', 'busy'));
    for (let n = 0; n < 5; n += 1) dispatcher.wake(lane('a', 'x'));
    await end('busy');
    await end('x');
    expect(started).toEqual(['busy', 'x']);
    expect(dispatcher.load).toBe(0);
  });

  test('a lane woken while it runs is run once more: a wake-up at its very end is not lost', async () => {
    const { dispatcher, started, end } = bench(4, 4);
    dispatcher.wake(lane('a', 'x'));
    dispatcher.wake(lane('a', 'x'));
    dispatcher.wake(lane('a', 'x'));
    await end('x');
    await end('x');
    expect(started).toEqual(['x', 'x']);
  });

  test('one account does not take every place, and accounts take turns', async () => {
    const { dispatcher, started } = bench(4, 2);
    for (let n = 0; n < 10; n += 1) dispatcher.wake(lane('flood', `f${n}`));
    dispatcher.wake(lane('calm', 'c0'));
    dispatcher.wake(lane('calm', 'c1'));
    expect(started).toEqual(['f0', 'f1', 'c0', 'c1']);
  });

  test('a place that becomes free is given to a lane that waits', async () => {
    const { dispatcher, started, end } = bench(2, 2);
    for (const id of ['1', '2', '3']) dispatcher.wake(lane('a', id));
    await end('1');
    expect(started).toEqual(['1', '2', '3']);
  });

  test('stopping takes no more lanes and waits for those that run', async () => {
    const { dispatcher, started, end } = bench(1, 1);
    dispatcher.wake(lane('a', 'running'));
    dispatcher.wake(lane('a', 'waiting'));
    let stopped = false;
    const stopping = dispatcher.stop().then(() => (stopped = true));
    dispatcher.wake(lane('a', 'late'));
    await turn();
    expect(stopped).toBe(false);
    await end('running');
    await stopping;
    expect(started).toEqual(['running']);
  });
});
