import { z } from 'zod';
import { defineJob } from '#platform/queue';

/** Asks every provider server of every account how its instances are. Carries nothing: accounts are read when it runs. */
export const syncInstancesJob = defineJob({
  name: 'sync-instances',
  payload: z.strictObject({}),
  concurrency: 1,
  attempts: 1,
  backoffMs: 1_000,
});
