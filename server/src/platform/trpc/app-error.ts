import type { ErrorEntry } from '@whatpro/sdk/contract';

interface AppErrorOptions {
  readonly cause?: unknown;
  /** For the log only: never a secret, never sent to the caller. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** Whole seconds until trying again makes sense. */
  readonly retryAfterSeconds?: number;
}

/** An expected refusal, from a catalogue of the contract. The caller gets the entry's code and message, and nothing else. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly details: Readonly<Record<string, unknown>> | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    readonly entry: ErrorEntry & { readonly code: string },
    options: AppErrorOptions = {},
  ) {
    super(entry.message, { cause: options.cause });
    this.details = options.details;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}
