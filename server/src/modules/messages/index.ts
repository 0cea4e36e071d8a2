/**
 * What people see and do about messages: lists, one message with its attempts, live changes, dead letters and their replay.
 * Not its job: delivering anything (bridge).
 */
export { createMessagesRouter } from './messages.router.ts';
export type { MessageTools } from './messages.router.ts';
