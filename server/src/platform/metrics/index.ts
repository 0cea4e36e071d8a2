/**
 * Counters and durations of the Hub for Prometheus: requests answered, messages carried, lanes that wait.
 * Not its job: figures per account, or serving the page they are shown on.
 */
export { createMetrics } from './create-metrics.ts';
export type { Direction, HttpObservation, MessageOutcome, Metrics, MetricsOptions } from './create-metrics.ts';
