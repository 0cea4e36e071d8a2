/**
 * Jobs: a name, ids for a payload, and one handler, over BullMQ on PostgreSQL or Redis.
 * Not its job: remembering work. It may be emptied at any moment and nothing is lost.
 */
export { defineJob } from './job.ts';
export type { Handlers, Job, PayloadOf } from './job.ts';
export { createQueues } from './queue.ts';
export type { EnqueueOptions, QueueBackend, Queues } from './queue.ts';
export { prepareQueueSchema } from './prepare-queue-schema.ts';
