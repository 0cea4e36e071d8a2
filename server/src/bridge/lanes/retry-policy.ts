import type { DeliveryFailure } from '#platform/outcome';
import type { Settlement } from './road.ts';

/** Attempts at one message that itself is the matter (a 500 for it alone), before it becomes a dead letter. */
const MESSAGE_ATTEMPTS = 8;
const MESSAGE_CAP_MS = 60_000;
/** A peer that is down is asked again at least this often, so that a lane moves soon after the peer is back. */
const PEER_CAP_MS = 15_000;
/**
 * A peer that did not answer in time may still be at work on the request: asked too soon whether it has the message, it says no,
 * and a moment later it has it. It is given this long to come to an end (RL-11).
 */
const AFTER_TIMEOUT_MS = 3_000;
const AFTER_LOST_ANSWER_MS = 750;
/** A message waits this long for a peer that is down. */
const PEER_AGE_MS = 24 * 60 * 60_000;

export interface AttemptFacts {
  readonly attempts: number;
  /** Failures of this lane in a row, whatever the message. */
  readonly laneFailures: number;
  readonly ageMs: number;
}

/** What follows from a failure: another try after a while, or a dead letter. */
export function afterFailure(failure: DeliveryFailure, facts: AttemptFacts, random: () => number = Math.random): Settlement {
  if (failure.retry === 'never') return { outcome: 'dead', failure };
  if (failure.scope === 'peer') {
    if (facts.ageMs > PEER_AGE_MS) return { outcome: 'dead', failure };
    return { outcome: 'retry', counts: 0, failure, afterMs: waitMs(failure, facts.laneFailures, PEER_CAP_MS, random) };
  }
  if (facts.attempts + 1 >= MESSAGE_ATTEMPTS) return { outcome: 'dead', failure };
  return { outcome: 'retry', counts: 1, failure, afterMs: waitMs(failure, facts.attempts, MESSAGE_CAP_MS, random) };
}

/**
 * Full jitter for outages; for throttling at least half of the base, because full jitter collapses to nothing
 * when every caller is told to slow down. What the peer asked for wins.
 */
function waitMs(failure: DeliveryFailure, failures: number, capMs: number, random: () => number): number {
  if (failure.retryAfterMs !== undefined) return Math.round(failure.retryAfterMs + random() * 1_000);
  const settleMs = failure.certainty === 'unknown' ? (failure.kind === 'timeout' ? AFTER_TIMEOUT_MS : AFTER_LOST_ANSWER_MS) : 0;
  const baseMs = Math.min(capMs, 500 * 2 ** Math.min(failures, 10));
  const least = failure.kind === 'throttled' ? 0.5 : 0.1;
  return Math.max(50, settleMs, Math.round(baseMs * (least + (1 - least) * random())));
}
