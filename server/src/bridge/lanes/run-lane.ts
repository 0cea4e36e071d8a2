import type { Clock } from '#platform/clock';
import type { DeliveryFailure } from '#platform/outcome';
import { afterFailure } from './retry-policy.ts';
import type { LaneMessage, LaneRef, LaneThread, Lease, Road, Settled, Settlement, ThreadLinks } from './road.ts';

/** What became of one attempt. `thread` carries what was learnt even when the message did not get through. */
export type Delivery =
  | {
      readonly ok: true;
      readonly settlement: Extract<Settlement, { outcome: 'delivered' | 'reported' }>;
      /** The peer was asked first and had it already. */
      readonly wasThere?: boolean;
    }
  | { readonly ok: false; readonly failure: DeliveryFailure; readonly thread?: ThreadLinks };

export interface DeliveryTask {
  readonly accountId: string;
  readonly thread: LaneThread;
  readonly message: LaneMessage;
  /** The peer may already have this message: it is asked first. */
  readonly askFirst: boolean;
  /** For each request: leaves time to settle before the lease ends. */
  readonly timeoutMs: number;
  /** False when an answer could come after the lease has ended: the request must not start. */
  readonly mayStart: () => boolean;
  /** Lengthens the lease for slow work (files). False: the lane is no longer ours. */
  readonly extend: (leaseMs: number) => Promise<boolean>;
}

export interface LaneRunner {
  readonly road: Road;
  readonly clock: Clock;
  readonly holder: string;
  readonly leaseMs: number;
  readonly deliver: (direction: Lease['direction'], task: DeliveryTask) => Promise<Delivery>;
  readonly onSettled: (event: SettledEvent) => void;
  readonly wake: (lane: LaneRef) => void;
  readonly wakeAfter: (lane: LaneRef, delayMs: number) => void;
  readonly stopping: () => boolean;
  /** True for errors of the database that pass (connection lost, failover). */
  readonly isTransient: (error: unknown) => boolean;
}

export interface SettledEvent {
  readonly lane: LaneRef;
  readonly direction: Lease['direction'];
  readonly message: LaneMessage;
  readonly settlement: Settlement;
  readonly durationMs: number;
}

/** Settling needs this share of the lease. */
const SETTLE_SHARE = 0.2;

/** How long one request of a step may take: two of them and settling fit into a lease. */
export const requestTimeoutMs = (leaseMs: number): number => Math.min(10_000, Math.floor(leaseMs * (1 - SETTLE_SHARE) * 0.45));

/**
 * Delivers what waits in one lane, in order, until it is empty, fails, or is taken away.
 * Every write is fenced by the epoch; nothing is sent once the lease could end before the answer.
 */
export async function runLane(runner: LaneRunner, lane: LaneRef): Promise<void> {
  const beforeTakeMs = runner.clock.monotonicMs();
  const lease = await runner.road.take(lane, runner.holder, runner.leaseMs);
  if (!lease) return;
  const hold: Hold = { holder: runner.holder, epoch: lease.epoch, endsMs: beforeTakeMs + runner.leaseMs };
  let { thread, recovered, failures } = lease;
  for (let message: LaneMessage | null = lease.message; message;) {
    const startedMs = runner.clock.monotonicMs();
    const askFirst = recovered || message.cause?.certainty === 'unknown';
    const delivery = stillInDoubt(
      askFirst,
      await attempt(runner, lease.direction, taskOf(runner, lane, hold, { thread, message, askFirst })),
    );
    const settlement = toSettlement(delivery, { direction: lease.direction, message, laneFailures: failures, now: runner.clock.now() });
    const settledMs = runner.clock.monotonicMs();
    const settled = await settle(runner, lane, hold, message.id, settlement);
    if (!settled || settled.fenced) return;
    hold.endsMs = settledMs + runner.leaseMs;
    runner.onSettled({ lane, direction: lease.direction, message, settlement, durationMs: settledMs - startedMs });
    for (const laneId of settled.wake) runner.wake({ accountId: lane.accountId, laneId });
    if (settlement.outcome === 'retry') return runner.wakeAfter(lane, settlement.afterMs);
    // A crash may have forgotten several settles of the last holder: the peer is asked until it has not seen one.
    recovered = askFirst && delivery.ok && delivery.wasThere === true;
    // A lane given back is a lane without doubts: one in doubt keeps its lease, so that its next holder asks as well.
    if (settled.next && runner.stopping()) return recovered ? undefined : runner.road.release(lane, hold);
    if ('thread' in settlement && settlement.thread) thread = { ...thread, ...settlement.thread };
    failures = 0;
    message = settled.next;
  }
}

interface Hold {
  readonly holder: string;
  readonly epoch: number;
  /** On the monotonic clock; earlier than what the database holds, never later. */
  endsMs: number;
}

function taskOf(runner: LaneRunner, lane: LaneRef, hold: Hold, what: Pick<DeliveryTask, 'thread' | 'message' | 'askFirst'>): DeliveryTask {
  const reserveMs = runner.leaseMs * SETTLE_SHARE;
  const timeoutMs = requestTimeoutMs(runner.leaseMs);
  return {
    accountId: lane.accountId,
    ...what,
    timeoutMs,
    mayStart: () => runner.clock.monotonicMs() + timeoutMs + reserveMs < hold.endsMs,
    extend: async (leaseMs) => {
      const askedMs = runner.clock.monotonicMs();
      const held = await runner.road.extend(lane, hold, leaseMs);
      if (held) hold.endsMs = askedMs + leaseMs;
      return held;
    },
  };
}

/** A throw is a bug in a step: the message waits and is tried again a few times, its lane is not lost. */
async function attempt(runner: LaneRunner, direction: Lease['direction'], task: DeliveryTask): Promise<Delivery> {
  try {
    return await runner.deliver(direction, task);
  } catch (error) {
    if (runner.isTransient(error)) return { ok: false, failure: bug(error, 'peer') };
    return { ok: false, failure: bug(error, 'message') };
  }
}

/** A peer that could not be asked leaves the doubt as it was: the next attempt asks again, whoever makes it. */
function stillInDoubt(askFirst: boolean, delivery: Delivery): Delivery {
  if (!askFirst || delivery.ok || delivery.failure.retry === 'never') return delivery;
  return { ...delivery, failure: { ...delivery.failure, certainty: 'unknown' } };
}

const bug = (error: unknown, scope: 'peer' | 'message'): DeliveryFailure => ({
  kind: 'unavailable',
  retry: 'later',
  certainty: 'unknown',
  scope,
  detail: `internal: ${error instanceof Error ? error.message : String(error)}`.slice(0, 500),
});

function toSettlement(
  delivery: Delivery,
  facts: { direction: Lease['direction']; message: LaneMessage; laneFailures: number; now: Date },
): Settlement {
  if (delivery.ok) return delivery.settlement;
  const { message, laneFailures } = facts;
  const ageMs = facts.now.getTime() - Date.parse(message.createdAt);
  const next = afterFailure(delivery.failure, { attempts: message.attempts, laneFailures, ageMs });
  // A tick that Chatwoot will never take is given up; the message itself is not touched.
  if (next.outcome === 'dead' && facts.direction === 'receipt') return { outcome: 'reported', report: message.report };
  return delivery.thread && next.outcome !== 'reported' ? { ...next, thread: delivery.thread } : next;
}

/** Settling is repeated while the lease lasts: it is fenced, so doing it twice is doing it once. */
async function settle(runner: LaneRunner, lane: LaneRef, hold: Hold, messageId: string, settlement: Settlement): Promise<Settled | null> {
  for (let tries = 0; tries < 50; tries += 1) {
    try {
      return await runner.road.settle(lane, hold, messageId, settlement, runner.leaseMs);
    } catch (error) {
      if (!runner.isTransient(error)) throw error;
      if (runner.clock.monotonicMs() > hold.endsMs) return null;
      await new Promise((resolve) => setTimeout(resolve, 100 + tries * 50));
    }
  }
  return null;
}
