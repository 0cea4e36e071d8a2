/**
 * How often something may be asked: one counter, over memory or a store that processes share, and the layers of limits on requests.
 * Not its job: how many of a thing an account may have, or who asks.
 */
export { createMemoryCounter } from './memory-counter.ts';
export type { RateCounter, RateRule, Taken } from './rate-counter.ts';
export { createRequestLimits, hasCredential, type LimitRules, type RequestLimits } from './request-limits.ts';
export { createSharedCounter } from './shared-counter.ts';
export { openSharedStore, type SharedStore } from './shared-store.ts';
