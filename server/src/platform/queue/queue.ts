import { Queue as RedisQueue, Worker as RedisWorker, withBackend } from 'bullmq';
import type { JobsOptions, QueueOptions, WorkerOptions } from 'bullmq';
import { createPostgresBackend } from 'bullmq';
import { Redis } from 'ioredis';
import type { Handlers, Job, PayloadOf } from './job.ts';

export type QueueBackend =
  | { readonly kind: 'postgres'; readonly connectionString: string; readonly schema: string }
  | { readonly kind: 'redis'; readonly url: string };

export interface EnqueueOptions {
  /** Jobs with the same key: at most one waits and one runs. What is added while one waits is dropped: it carries the same ids. */
  readonly key?: string;
  readonly delayMs?: number;
}

export interface Queues {
  /** Fails when the backend is down; a caller whose work is in the database may ignore that, the sweeper finds it. */
  enqueue<J extends Job>(job: J, payload: PayloadOf<J>, options?: EnqueueOptions): Promise<void>;
  enqueueMany<J extends Job>(job: J, entries: readonly { readonly payload: PayloadOf<J>; readonly key?: string }[]): Promise<void>;
  /** Every `everyMs`, once among all processes. */
  repeat<J extends Job>(job: J, payload: PayloadOf<J>, everyMs: number): Promise<void>;
  work<Jobs extends Readonly<Record<string, Job>>>(jobs: Jobs, handlers: Handlers<Jobs>): void;
  /** Removes everything that waits. For operations and fault tests: the database stays the record. */
  empty(job: Job): Promise<void>;
  close(): Promise<void>;
}

type AnyQueue = Pick<RedisQueue, 'add' | 'addBulk' | 'upsertJobScheduler' | 'obliterate' | 'close' | 'on'>;
type AnyWorker = Pick<RedisWorker, 'close' | 'on'>;

const KEEP: Pick<JobsOptions, 'removeOnComplete' | 'removeOnFail'> = {
  removeOnComplete: { age: 3_600, count: 1_000 },
  removeOnFail: { age: 7 * 24 * 3_600, count: 10_000 },
};

/** Jobs over BullMQ, on PostgreSQL or Redis with the same code. It carries wake-ups and schedules; it is never the record of work. */
export function createQueues(backend: QueueBackend, onError: (where: string, error: unknown) => void): Queues {
  const make = constructorsFor(backend);
  const queues = new Map<string, AnyQueue>();
  const workers: AnyWorker[] = [];

  const queueOf = (job: Job): AnyQueue => {
    const known = queues.get(job.name);
    if (known) return known;
    const queue = make.queue(job.name);
    queue.on('error', (error: unknown) => onError(`queue ${job.name}`, error));
    queues.set(job.name, queue);
    return queue;
  };
  const optionsOf = (job: Job, options: EnqueueOptions): JobsOptions => ({
    ...KEEP,
    attempts: job.attempts,
    backoff: { type: 'exponential', delay: job.backoffMs },
    ...(options.delayMs ? { delay: options.delayMs } : {}),
    ...(options.key ? { deduplication: { id: options.key, keepLastIfActive: true } } : {}),
  });

  return {
    async enqueue(job, payload, options = {}) {
      await queueOf(job).add(job.name, job.payload.parse(payload), optionsOf(job, options));
    },
    async enqueueMany(job, entries) {
      const bulk = entries.map((entry) => ({
        name: job.name,
        data: job.payload.parse(entry.payload),
        opts: optionsOf(job, entry.key ? { key: entry.key } : {}),
      }));
      if (bulk.length > 0) await queueOf(job).addBulk(bulk);
    },
    async repeat(job, payload, everyMs) {
      await queueOf(job).upsertJobScheduler(job.name, { every: everyMs }, { name: job.name, data: job.payload.parse(payload), opts: KEEP });
    },
    work(jobs, handlers) {
      for (const [key, job] of Object.entries(jobs)) {
        const handler = handlers[key as keyof typeof handlers] as (payload: unknown) => Promise<void>;
        const worker = make.worker(job, (data) => handler(job.payload.parse(data)));
        worker.on('error', (error: unknown) => onError(`worker ${job.name}`, error));
        worker.on('failed', (_failed: unknown, error: unknown) => onError(`job ${job.name}`, error));
        workers.push(worker);
      }
    },
    async empty(job) {
      await queueOf(job).obliterate({ force: true });
    },
    async close() {
      await withinMs(CLOSE_MS, Promise.allSettled(workers.map((worker) => worker.close())));
      await withinMs(CLOSE_MS, Promise.allSettled([...queues.values()].map((queue) => queue.close())));
      make.close();
    },
  };
}

/** Closing waits for the backend, which may be gone; nothing that matters is in the queue. */
const CLOSE_MS = 4_000;

async function withinMs(limitMs: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([work, new Promise((resolve) => (timer = setTimeout(resolve, limitMs)))]);
  clearTimeout(timer);
}

interface Constructors {
  queue(name: string): AnyQueue;
  worker(job: Job, handle: (data: unknown) => Promise<void>): AnyWorker;
  close(): void;
}

const WORKER: Pick<WorkerOptions, 'lockDuration' | 'stalledInterval' | 'maxStalledCount'> = {
  lockDuration: 10_000,
  stalledInterval: 5_000,
  // A job of a killed worker is taken up again; what decides about giving up is the database, not this count.
  maxStalledCount: 10,
};

function constructorsFor(backend: QueueBackend): Constructors {
  if (backend.kind === 'redis') {
    const producer = new Redis(backend.url, { enableOfflineQueue: false, maxRetriesPerRequest: 1, lazyConnect: false });
    const consumer = new Redis(backend.url, { maxRetriesPerRequest: null });
    producer.on('error', () => undefined);
    consumer.on('error', () => undefined);
    const producing: QueueOptions = { connection: producer };
    return {
      queue: (name) => new RedisQueue(name, producing),
      worker: (job, handle) =>
        new RedisWorker(job.name, (taken) => handle(taken.data), {
          ...WORKER,
          connection: consumer,
          concurrency: job.concurrency,
        }),
      close() {
        producer.disconnect();
        consumer.disconnect();
      },
    };
  }
  const { Queue, Worker } = withBackend(createPostgresBackend);
  const connection = { connectionString: backend.connectionString, schema: backend.schema, max: 4 };
  return {
    queue: (name) => new Queue(name, { connection }) as unknown as AnyQueue,
    worker: (job, handle) =>
      new Worker(job.name, (taken) => handle(taken.data), { ...WORKER, connection, concurrency: job.concurrency }) as unknown as AnyWorker,
    close: () => undefined,
  };
}
