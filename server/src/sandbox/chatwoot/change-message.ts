import { now, type Context } from './context.ts';
import type { MessageRow, MessageStatus } from './rows.ts';

/** Refuses only what Chatwoot refuses: a read message that would become delivered. Unchanged tells nobody. */
export function setMessageStatus(context: Context, message: MessageRow, status: MessageStatus, externalError: string | null): void {
  if (message.status === 'read' && status === 'delivered') return;
  const error = status === 'failed' ? externalError : null;
  const previousError = message.contentAttributes['external_error'] ?? null;
  if (message.status === status && previousError === error) return;
  message.status = status;
  if (previousError !== error) message.contentAttributes = { ...message.contentAttributes, external_error: error };
  touch(context, message);
}

export function deleteMessage(context: Context, message: MessageRow): void {
  message.content = 'This message was deleted';
  message.contentAttributes = { deleted: true };
  message.attachments = [];
  touch(context, message);
}

function touch(context: Context, message: MessageRow): void {
  message.updatedAt = now(context);
  context.world.keepMessage(message);
  context.notify.message('message_updated', message);
}
