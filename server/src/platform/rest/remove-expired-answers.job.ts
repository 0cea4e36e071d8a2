import { z } from 'zod';
import { defineJob } from '#platform/queue';

/** Removes kept answers whose day is over, in every account. */
export const removeExpiredAnswersJob = defineJob({
  name: 'remove-expired-answers',
  payload: z.strictObject({}),
  concurrency: 1,
  attempts: 1,
  backoffMs: 1_000,
});
