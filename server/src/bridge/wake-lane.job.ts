import { z } from 'zod';
import { defineJob } from '#platform/queue';

/** Wakes a lane in a worker process, when the process that stored the message does not deliver. */
export const wakeLaneJob = defineJob({
  name: 'wake-lane',
  payload: z.strictObject({ accountId: z.uuid(), laneId: z.uuid() }),
  concurrency: 50,
  attempts: 1,
  backoffMs: 1_000,
});
