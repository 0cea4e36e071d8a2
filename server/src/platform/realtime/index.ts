/**
 * Telling open screens that something changed, in this process and in the others.
 * Not its job: what changed. It carries ids; readers load rows through their own rights.
 */
export { createLive } from './realtime.ts';
export type { Live, LiveEvent, LiveTransport } from './realtime.ts';
export { createRelayTransport } from './relay-transport.ts';
