import type { z } from 'zod';

/**
 * A job's name and payload: ids only, never content or secrets (queue tables have no row level security).
 * Producers import this; the handler lives apart, so that a process that only produces never loads it.
 */
export interface Job<Name extends string = string, Payload extends z.ZodType = z.ZodType> {
  readonly name: Name;
  readonly payload: Payload;
  /** Handlers at work at once in one process. */
  readonly concurrency: number;
  /** Tries when the handler throws; the wait between them doubles from this. */
  readonly attempts: number;
  readonly backoffMs: number;
}

export function defineJob<const Name extends string, Payload extends z.ZodType>(job: Job<Name, Payload>): Job<Name, Payload> {
  return job;
}

export type PayloadOf<J extends Job> = z.infer<J['payload']>;

/** One handler for each job of the table: leaving one out does not compile. */
export type Handlers<Jobs extends Readonly<Record<string, Job>>> = {
  readonly [Key in keyof Jobs]: (payload: PayloadOf<Jobs[Key]>) => Promise<void>;
};
