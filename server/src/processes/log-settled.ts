import type { SettledEvent } from '#bridge';
import type { Logger } from '#platform/logging';
import type { Metrics } from '#platform/metrics';

const OUTCOME = { delivered: 'delivered', dead: 'dead-lettered', retry: 'retried' } as const;

/** One line for each attempt that failed, none for the ordinary case at the usual level; figures for all. */
export function logSettled(log: Logger, metrics: Metrics, { lane, direction, message, settlement, durationMs }: SettledEvent): void {
  const facts = {
    accountId: lane.accountId,
    laneId: lane.laneId,
    messageId: message.id,
    direction,
    attempts: message.attempts,
    durationMs: Math.round(durationMs),
  };
  if (direction === 'receipt' || settlement.outcome === 'reported') {
    if (settlement.outcome === 'retry') log.warn('receipt.retry', { ...facts, failure: settlement.failure, afterMs: settlement.afterMs });
    return;
  }
  const seconds = settlement.outcome === 'delivered' ? (Date.now() - Date.parse(message.createdAt)) / 1_000 : undefined;
  metrics.message(direction, OUTCOME[settlement.outcome], seconds);
  if (settlement.outcome === 'delivered') log.debug('message.delivered', facts);
  else if (settlement.outcome === 'dead') log.error('message.dead', { ...facts, failure: settlement.failure });
  else log.warn('message.retry', { ...facts, failure: settlement.failure, afterMs: settlement.afterMs });
}
