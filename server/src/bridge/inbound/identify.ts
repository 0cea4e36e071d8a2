import type { ProviderEvent } from '#provider-kit';
import type { AcceptItem } from '../lanes/road.ts';
import { identityOf } from '../threads/identity.ts';
import { storable } from './storable.ts';

const REPORT = { failed: 1, sent: 2, delivered: 3, read: 4 } as const;

type InChat = Extract<ProviderEvent, { chat: unknown; origin: unknown }>;

/**
 * What an event leaves on the road: a message in its thread's lane, a raised report, an adopted id, or nothing.
 * Groups wait for their own policy only in what they show: each line says who wrote it.
 */
export function toAcceptItems(event: ProviderEvent): AcceptItem[] {
  switch (event.type) {
    case 'message':
      if (event.origin === 'hub') return event.clientRef ? [{ op: 'echo', messageId: event.clientRef, gatewayId: event.id }] : [];
      return [
        inbound(event, { ...event.content, ...authorOf(event) }, event.content.kind, {
          gatewayId: event.id,
          quotedId: event.quotedId ?? null,
        }),
      ];
    case 'edit':
      return notice(event, 'edit', event.text, event.targetId);
    case 'reaction':
      return notice(event, 'reaction', event.emoji ?? '', event.targetId);
    case 'removal':
      return notice(event, 'removal', '', event.targetId);
    case 'call':
      return event.status === 'offer' ? notice(event, event.video ? 'video-call' : 'call', '', null) : [];
    case 'receipt':
      return [{ op: 'receipt', ids: event.ids, report: REPORT[event.receipt] }];
    case 'removed':
      return [
        {
          op: 'about',
          ids: event.targetIds,
          kind: 'notice',
          content: { kind: 'notice', of: 'removal', text: '' },
          sentAt: sentAt(event.at),
        },
      ];
    case 'typing':
    case 'connection':
    case 'ignored':
      return [];
  }
}

function notice(event: InChat, of: string, text: string, quotedId: string | null): AcceptItem[] {
  if (event.origin === 'hub') return [];
  return [inbound(event, { kind: 'notice', of, text, ...authorOf(event) }, 'notice', { gatewayId: null, quotedId })];
}

function inbound(event: InChat, content: object, kind: string, ids: { gatewayId: string | null; quotedId: string | null }): AcceptItem {
  const identity = identityOf(event.chat);
  return {
    op: 'inbound',
    ...identity,
    name: event.origin === 'own-device' ? null : storable(identity.name),
    origin: event.origin,
    kind: kind === 'media' && 'media' in content ? String(content.media) : kind,
    content: storable(content),
    ...ids,
    sentAt: sentAt(event.at),
  };
}

function authorOf(event: InChat): { author?: { name: string | null; phone: string | null } } {
  if (!event.author) return {};
  const phone = event.author.addresses.find((address) => address.endsWith('@s.whatsapp.net'));
  return { author: { name: event.author.name ?? null, phone: phone ? `+${phone.slice(0, phone.indexOf('@'))}` : null } };
}

/** Gateways that give no time say 1970: the time of arrival then stands alone. */
const sentAt = (at: Date): string | null => (at.getTime() > 0 ? at.toISOString() : null);
