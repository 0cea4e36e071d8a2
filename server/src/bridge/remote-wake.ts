import type { Queues } from '#platform/queue';
import type { LaneRef } from './lanes/road.ts';
import { wakeLaneJob } from './wake-lane.job.ts';

/** Waits this long for company: many wake-ups cost the queue about as much as one. */
const JOIN_MS = 2;

/**
 * Wakes lanes in other processes through the queue. A wake-up that the queue loses is found by the sweeper: nothing is awaited
 * and nothing fails here.
 */
export function createRemoteWake(queues: Pick<Queues, 'enqueueMany'>, onError: (error: unknown) => void): (lane: LaneRef) => void {
  let joined = new Map<string, LaneRef>();
  let timer: NodeJS.Timeout | null = null;
  const flush = (): void => {
    timer = null;
    const lanes = [...joined.values()];
    joined = new Map();
    queues
      .enqueueMany(
        wakeLaneJob,
        lanes.map(({ accountId, laneId }) => ({ payload: { accountId, laneId }, key: laneId })),
      )
      .catch(onError);
  };
  return (lane) => {
    joined.set(lane.laneId, lane);
    timer ??= setTimeout(flush, JOIN_MS);
  };
}
