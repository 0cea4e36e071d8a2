import type { LaneRef } from './road.ts';

export interface Dispatcher {
  /** Runs the lane soon, once, in this process. A lane that is running is run once more after. Cheap to call twice. */
  wake(lane: LaneRef): void;
  /** Like `wake`, later. For a lane that waits before its next attempt. */
  wakeAfter(lane: LaneRef, delayMs: number): void;
  /** Lanes running or waiting for a place. */
  readonly load: number;
  /** Takes no more lanes and resolves when the running ones have ended. */
  stop(): Promise<void>;
}

export interface DispatcherOptions {
  /** Lanes at work at the same time in this process. */
  readonly concurrency: number;
  /** Lanes of one account at work at the same time: one account's dead peer does not take every place. */
  readonly perAccount: number;
  readonly run: (lane: LaneRef) => Promise<void>;
  readonly onError: (lane: LaneRef, error: unknown) => void;
}

/** Waiting lanes beyond this are left to the sweeper: only ids are held here, and none is lost. */
const WAITING_MAX = 50_000;

/** Which lane runs next in this process. Accounts take turns. The record of what is due is the database. */
export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const waiting = new Map<string, LaneRef[]>();
  const runningOf = new Map<string, number>();
  const states = new Map<string, 'waiting' | 'running' | 'again'>();
  const timers = new Set<NodeJS.Timeout>();
  let running = 0;
  let stopping = false;
  let idle: (() => void) | null = null;

  const wake = (lane: LaneRef): void => {
    if (stopping) return;
    const state = states.get(lane.laneId);
    if (state === 'running') states.set(lane.laneId, 'again');
    if (state || states.size >= WAITING_MAX) return;
    enqueue(lane);
    fill();
  };

  function enqueue(lane: LaneRef): void {
    states.set(lane.laneId, 'waiting');
    const queue = waiting.get(lane.accountId);
    if (queue) queue.push(lane);
    else waiting.set(lane.accountId, [lane]);
  }

  function fill(): void {
    let tried = waiting.size;
    while (running < options.concurrency && tried > 0) {
      const [accountId, queue] = waiting.entries().next().value ?? [];
      if (accountId === undefined || !queue) return;
      waiting.delete(accountId);
      const atWork = runningOf.get(accountId) ?? 0;
      const lane = atWork < options.perAccount ? queue.shift() : undefined;
      if (queue.length > 0) waiting.set(accountId, queue);
      if (lane) start(lane);
      tried = lane ? waiting.size : tried - 1;
    }
  }

  function start(lane: LaneRef): void {
    running += 1;
    runningOf.set(lane.accountId, (runningOf.get(lane.accountId) ?? 0) + 1);
    states.set(lane.laneId, 'running');
    options
      .run(lane)
      .catch((error: unknown) => options.onError(lane, error))
      .finally(() => ended(lane));
  }

  function ended(lane: LaneRef): void {
    running -= 1;
    const left = (runningOf.get(lane.accountId) ?? 1) - 1;
    if (left > 0) runningOf.set(lane.accountId, left);
    else runningOf.delete(lane.accountId);
    const again = states.get(lane.laneId) === 'again';
    states.delete(lane.laneId);
    if (stopping) {
      if (running === 0) idle?.();
      return;
    }
    if (again) enqueue(lane);
    fill();
  }

  return {
    wake,
    wakeAfter(lane, delayMs) {
      if (stopping || timers.size >= WAITING_MAX) return;
      const timer = setTimeout(() => {
        timers.delete(timer);
        wake(lane);
      }, delayMs);
      timers.add(timer);
    },
    get load() {
      return states.size;
    },
    async stop() {
      stopping = true;
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
      waiting.clear();
      if (running > 0) await new Promise<void>((resolve) => (idle = resolve));
    },
  };
}
