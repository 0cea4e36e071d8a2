import type { Attempt } from '#platform/outcome';
import { failed, succeeded } from '#platform/outcome';
import type { WebhookTarget } from '#provider-kit';
import { at, invalidAnswer, listOf, textOf } from '#provider-kit';
import type { Call } from './gateway.ts';

const EVENTS = ['messages', 'messages_update', 'connection', 'call', 'groups'] as const;

/**
 * An instance may have several webhooks. The short form of the call replaces whatever is there, so ours is always added,
 * or updated by its id; other people's stay. Messages sent by the API are not excluded: those of other programs must arrive.
 */
export async function setWebhook(call: Call, { url }: WebhookTarget): Promise<Attempt<void>> {
  const present = await call({ method: 'GET', path: '/webhook' });
  if (!present.ok) return present;
  if (!Array.isArray(present.value) && present.value !== null)
    return failed({ ...invalidAnswer('the list of webhooks is no list'), certainty: 'not-sent' });
  const ours = listOf(present.value).filter((webhook) => at(webhook, 'url') === url);
  if (ours.some(isAsWanted)) return succeeded(undefined);
  const id = ours.map((webhook) => textOf(at(webhook, 'id'))).find((found) => found !== null);
  const action = id === undefined ? { action: 'add' } : { action: 'update', id };
  const answer = await call({
    method: 'POST',
    path: '/webhook',
    body: { json: { ...action, enabled: true, url, events: EVENTS, excludeMessages: [], addUrlEvents: false, addUrlTypesMessages: false } },
  });
  return answer.ok ? succeeded(undefined) : answer;
}

function isAsWanted(webhook: unknown): boolean {
  const events = new Set(listOf(at(webhook, 'events')));
  return (
    at(webhook, 'enabled') === true &&
    EVENTS.every((event) => events.has(event)) &&
    listOf(at(webhook, 'excludeMessages')).length === 0 &&
    at(webhook, 'addUrlEvents') !== true &&
    at(webhook, 'addUrlTypesMessages') !== true
  );
}
