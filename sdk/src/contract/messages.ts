import { z } from 'zod';
import { defineErrors } from './errors.ts';

export const MESSAGE_STATES = ['pending', 'delivered', 'dead'] as const;
export const DIRECTIONS = ['inbound', 'outbound'] as const;
export const RECEIPTS = ['none', 'failed', 'sent', 'delivered', 'read'] as const;

export const failureSchema = z.object({
  kind: z.string(),
  retry: z.string(),
  certainty: z.string(),
  detail: z.string(),
});

/** One message travelling one way. */
export const messageSchema = z.object({
  id: z.uuid(),
  direction: z.enum(DIRECTIONS),
  origin: z.enum(['contact', 'own-device', 'hub']),
  kind: z.string(),
  /** `pending`: waits in its lane. `delivered`: the other side has it. `dead`: a dead letter, kept and replayable. */
  state: z.enum(MESSAGE_STATES),
  /** The first 200 characters. */
  preview: z.string(),
  receipt: z.enum(RECEIPTS),
  threadId: z.uuid(),
  instanceId: z.uuid(),
  contact: z.object({ name: z.string().nullable(), phone: z.string().nullable() }),
  /** The place in its lane. */
  seq: z.number().int(),
  attempts: z.number().int(),
  /** The last failure while pending, or the cause of a dead letter. */
  cause: failureSchema.nullable(),
  gatewayId: z.string().nullable(),
  chatwootMessageId: z.number().int().nullable(),
  chatwootConversationId: z.number().int().nullable(),
  sentAt: z.date().nullable(),
  createdAt: z.date(),
  settledAt: z.date().nullable(),
});
export type Message = z.infer<typeof messageSchema>;

export const messageAttemptSchema = z.object({ attempt: z.number().int(), at: z.date(), outcome: z.string(), failure: failureSchema });

/** A message with every attempt that did not get through. */
export const messageDetailSchema = messageSchema.extend({ failures: z.array(messageAttemptSchema) });

export const listMessagesSchema = z.strictObject({
  direction: z.enum(DIRECTIONS).optional(),
  state: z.enum(MESSAGE_STATES).optional(),
  instanceId: z.uuid().optional(),
  threadId: z.uuid().optional(),
  /** From `nextCursor` of the page before. Newest first. */
  cursor: z.uuid().optional(),
  limit: z.number().int().min(1).max(100).default(50),
});

export const messagePageSchema = z.object({ items: z.array(messageSchema), nextCursor: z.uuid().nullable() });

/** How many messages are where, for an account. */
export const roadSummarySchema = z.object({
  pending: z.number().int(),
  dead: z.number().int(),
  /** Age of the oldest pending message in milliseconds; null when nothing is pending. */
  oldestPendingMs: z.number().nullable(),
  lanesWaiting: z.number().int(),
});

export const replaySchema = z.strictObject({
  /** At most 500 at once; each goes back to its own place in its lane. */
  messageIds: z.array(z.uuid()).min(1).max(500),
});

export const messageErrors = defineErrors('messages', {
  'not-found': { kind: 'not_found', message: 'There is no such message.' },
});
