import type { ParsedWebhook, WebhookDelivery } from '#provider-kit';
import { ignored, openEnvelope, together, unrecognised, type Envelope } from './envelope.ts';
import { fromCall, fromPresence } from './from-evolution-activity.ts';
import { fromConnectionUpdate, fromEnded, fromQrCode, fromStatusInstance } from './from-evolution-connection.ts';
import { fromMessage } from './from-evolution-message.ts';
import { fromDelete, fromProtocolEdit, fromUpdate } from './from-evolution-update.ts';
import { digest } from './ids.ts';
import { fieldsOf, listOf } from './payload.ts';

type Reader = (envelope: Envelope) => ParsedWebhook;

const each =
  (read: (item: unknown, envelope: Envelope) => ParsedWebhook): Reader =>
  (envelope) =>
    together(
      itemsOf(envelope.data).map((item) => read(item, envelope)),
      envelope,
    );

/** One object, a list of them, or (before version 2) an object that holds the list. */
function itemsOf(data: unknown): readonly unknown[] {
  if (Array.isArray(data)) return data.slice(0, 500);
  const nested = fieldsOf(data)?.['messages'];
  return Array.isArray(nested) ? listOf(nested).slice(0, 500) : [data];
}

const READERS: Readonly<Record<string, Reader>> = {
  'messages.upsert': each((item, envelope) => fromMessage(item, envelope, 'received')),
  'send.message': each((item, envelope) => fromMessage(item, envelope, 'sent-by-api')),
  'messages.edited': each((item, envelope) => fromProtocolEdit(item, envelope, 'received')),
  'send.message.update': each((item, envelope) => fromProtocolEdit(item, envelope, 'sent-by-api')),
  'messages.update': each(fromUpdate),
  'messages.delete': each(fromDelete),
  'presence.update': fromPresence,
  call: each(fromCall),
  'qrcode.updated': fromQrCode,
  'connection.update': fromConnectionUpdate,
  'status.instance': fromStatusInstance,
  'logout.instance': (envelope) => fromEnded(envelope, 'logged-out'),
  'remove.instance': (envelope) => fromEnded(envelope, 'removed'),
  'instance.delete': (envelope) => fromEnded(envelope, 'removed'),
};

/** Lists, history and settings: nothing that a conversation shows. */
const OF_NO_INTEREST =
  /^(application\.startup|instance\.create|messages\.set|messaging\.history\.set|contacts\.(set|upsert|update)|chats\.(set|upsert|update|delete)|groups?\.(upsert|update)|group\.participants\.update|labels\.(edit|association)|typebot\.(start|change\.status)|call\.upsert|errors)$/;

export function fromEvolution(delivery: WebhookDelivery): ParsedWebhook {
  const envelope = openEnvelope(delivery);
  if (!envelope) return unrecognised('a body without an event', digest(delivery.body));
  const read = Object.hasOwn(READERS, envelope.event) ? READERS[envelope.event] : undefined;
  if (read) return read(envelope);
  return OF_NO_INTEREST.test(envelope.event) ? ignored(envelope, envelope.event) : unrecognised(`event ${envelope.event}`, envelope.digest);
}
