import type { Attempt } from '#platform/outcome';
import type { WebhookTarget } from '#provider-kit';
import { hasWords } from './failures.ts';

const KNOWN_BY_ALL = [
  'QRCODE_UPDATED',
  'CONNECTION_UPDATE',
  'MESSAGES_UPSERT',
  'MESSAGES_EDITED',
  'MESSAGES_UPDATE',
  'MESSAGES_DELETE',
  'SEND_MESSAGE',
  'PRESENCE_UPDATE',
  'CALL',
  'REMOVE_INSTANCE',
  'LOGOUT_INSTANCE',
] as const;
const KNOWN_BY_NEWER = ['SEND_MESSAGE_UPDATE', 'STATUS_INSTANCE', 'INSTANCE_DELETE'] as const;

/**
 * What Evolution keeps as the instance's webhook. Always with `events`: left out it is a server error, empty it means all.
 * Without `byEvents` (one address) and without base64 (media is fetched when it is needed).
 */
function webhookOf(target: WebhookTarget, events: readonly string[]): object {
  return { enabled: true, url: target.url, headers: {}, byEvents: false, base64: false, events };
}

/** Versions before 2.3 refuse a list that has an event they do not know: they get the shorter one. */
export async function withWebhook(
  target: WebhookTarget,
  attempt: (webhook: object) => Promise<Attempt<unknown>>,
): Promise<Attempt<unknown>> {
  const first = await attempt(webhookOf(target, [...KNOWN_BY_ALL, ...KNOWN_BY_NEWER]));
  if (first.ok || first.failure.kind !== 'rejected' || !hasWords(first.failure, /events\S*.* enum/i)) return first;
  return attempt(webhookOf(target, KNOWN_BY_ALL));
}
