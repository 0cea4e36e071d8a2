import type { ChatwootStatus } from '#chatwoot';
import type { Delivery, DeliveryTask } from '../lanes/run-lane.ts';
import type { Route } from '../routes/route.ts';
import { sentenceFor } from './sentences.ts';

const STATUS: Readonly<Record<number, ChatwootStatus>> = { 1: 'failed', 2: 'sent', 3: 'delivered', 4: 'read' };

/** The newest tick of one sent message goes to Chatwoot; those it overtook are never sent. */
export async function tellChatwoot(route: Route, task: DeliveryTask): Promise<Delivery> {
  const { message, thread } = task;
  const reported: Delivery = { ok: true, settlement: { outcome: 'reported', report: message.report } };
  const status = STATUS[message.report];
  const conversationId = typeof message.content.conversationId === 'number' ? message.content.conversationId : thread.conversationId;
  if (!route.inbox || !status || conversationId === null || message.chatwootMessageId === null) return reported;
  const error = status === 'failed' ? sentenceFor(message.cause, route.locale) : undefined;
  const told = await route.inbox.client.setMessageStatus(conversationId, message.chatwootMessageId, status, error);
  if (told.ok || told.failure.retry === 'never') return reported;
  return { ok: false, failure: told.failure };
}
