/**
 * How an attempt at an outside system ends, as a value: delivered, or a failure that says what to do next.
 * Not its job: deciding when to retry (bridge) or how a vendor's answer maps to a failure (the vendor's room).
 */
export type { Attempt, DeliveryFailure, FailureKind } from './outcome.ts';
export { failed, succeeded } from './outcome.ts';
