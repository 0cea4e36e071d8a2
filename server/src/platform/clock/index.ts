/**
 * The one source of time: wall clock for facts, monotonic for durations. Tests pass their own.
 * Not its job: scheduling.
 */
export interface Clock {
  now(): Date;
  /** Milliseconds from an arbitrary start; never jumps. */
  monotonicMs(): number;
}

export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
};
