import type { GatewayMessageId, Origin, ParsedWebhook, Receipt } from '#provider-kit';
import { isBroadcast } from './addresses.ts';
import { fact, ignored, unrecognised, type Envelope } from './envelope.ts';
import { placeOf } from './from-evolution-chat.ts';
import { unwrapped } from './from-evolution-wrapper.ts';
import { digest, eventKey, messageIdOf } from './ids.ts';
import { dateOf, fieldsOf, inside, numberOf, textOf, type Fields } from './payload.ts';

/** Baileys' words, and Meta's on the official channel. */
const RECEIPTS: Readonly<Record<string, Receipt>> = {
  SERVER_ACK: 'sent',
  DELIVERY_ACK: 'delivered',
  READ: 'read',
  PLAYED: 'read',
  ERROR: 'failed',
  SENT: 'sent',
  DELIVERED: 'delivered',
  FAILED: 'failed',
};

/**
 * `DELETED` is what versions up to 2.3.6 write for every update without a status (edits, votes); 2.3.7 writes `SERVER_ACK`.
 * A real removal has its own event in all of them.
 */
const NO_RECEIPT: readonly string[] = ['PENDING', 'EDITED', 'DELETED'];

/** Baileys' enumeration, for versions that leave the number as it is. */
const BY_NUMBER = ['ERROR', 'PENDING', 'SERVER_ACK', 'DELIVERY_ACK', 'READ', 'PLAYED'] as const;

export function fromUpdate(item: unknown, envelope: Envelope): ParsedWebhook {
  const update = inside(item);
  const id = messageIdOf(update['keyId'], inside(update, 'key')['id']);
  if (id === undefined) return unrecognised('an update without a message id', envelope.digest);
  if (isEdit(update['message'])) return fromEditUpdate(update, id, envelope);
  const number = numberOf(update['status']);
  const status = number === undefined ? textOf(update['status'])?.toUpperCase() : BY_NUMBER[number];
  if (status === undefined || NO_RECEIPT.includes(status)) return ignored(envelope, 'an update that is no receipt');
  const receipt = Object.hasOwn(RECEIPTS, status) ? RECEIPTS[status] : undefined;
  if (receipt === undefined) return unrecognised(`status ${status}`, envelope.digest);
  // On the official channel `fromMe` does not tell: there only sent messages have a status.
  const fromMe = update['fromMe'] ?? inside(update, 'key')['fromMe'];
  if (fromMe === false && !id.startsWith('wamid.')) return ignored(envelope, 'our own reading of a received message');
  return fact(eventKey('receipt', receipt, id), { type: 'receipt', ids: [id], receipt, at: envelope.at });
}

/** From WhatsApp it is the bare key, through the API a stored message: there `id` is the server's own. */
export function fromDelete(item: unknown, envelope: Envelope): ParsedWebhook {
  const id = messageIdOf(inside(item, 'key')['id'], inside(item)['keyId'], inside(item)['id']);
  return id === undefined ? unrecognised('a removal without a message id', envelope.digest) : removed(id, envelope);
}

function removed(id: GatewayMessageId, { at }: Envelope): ParsedWebhook {
  return fact(eventKey('removal', id), { type: 'removed', targetIds: [id], at });
}

/**
 * Evolution sends this event for every protocol message (removals, timers, history): an edit is only what has the new text.
 * A contact's edit names the chat as the contact sees it: then it is our own number, or our own LID, which we cannot know.
 * Only `targetId` is certain.
 */
export function fromProtocolEdit(item: unknown, envelope: Envelope, how: 'received' | 'sent-by-api'): ParsedWebhook {
  const protocol = fieldsOf(inside(item, 'message')['protocolMessage']) ?? inside(item);
  if (fieldsOf(protocol['editedMessage']) === null) return ignored(envelope, 'a protocol message that is no edit');
  const origin: Origin = how === 'sent-by-api' ? 'hub' : inside(protocol, 'key')['fromMe'] === true ? 'own-device' : 'contact';
  const where = textOf(inside(item, 'key')['remoteJid']) === undefined ? protocol : item;
  return edit({ protocol, where, origin, id: messageIdOf(inside(protocol, 'key')['id']) }, envelope);
}

/** An edit or a removal that arrives inside a message. `item` is that message and says where, the protocol message says which. */
export function fromProtocolMessage(protocol: unknown, item: unknown, origin: Origin, envelope: Envelope): ParsedWebhook {
  const { type, editedMessage } = inside(protocol);
  const id = messageIdOf(inside(protocol, 'key')['id']);
  if (fieldsOf(editedMessage) !== null) return edit({ protocol, where: item, origin, id }, envelope);
  if (id !== undefined && (type === 'REVOKE' || type === 0)) return removed(id, envelope);
  return ignored(envelope, 'a protocol message');
}

const isEdit = (message: unknown): boolean => fieldsOf(inside(message)['editedMessage']) !== null;

/** From 2.3.7 on an edit also comes as an update; this one names the chat as we see it. */
function fromEditUpdate(update: Fields, id: GatewayMessageId, envelope: Envelope): ParsedWebhook {
  const key = { remoteJid: update['remoteJid'], participant: update['participant'], ...inside(update, 'key') };
  const origin = (update['fromMe'] ?? inside(update, 'key')['fromMe']) === true ? 'own-device' : 'contact';
  return edit({ protocol: inside(update, 'message'), where: { key }, origin, id }, envelope);
}

interface EditSeen {
  readonly protocol: unknown;
  /** The message whose key names the chat. */
  readonly where: unknown;
  readonly origin: Origin;
  readonly id: GatewayMessageId | undefined;
}

function edit({ protocol, where, origin, id }: EditSeen, envelope: Envelope): ParsedWebhook {
  const { timestampMs, editedMessage } = inside(protocol);
  const text = editedText(editedMessage);
  if (id === undefined || text === undefined) return unrecognised('an edit without its message or text', envelope.digest);
  if (isBroadcast(inside(where, 'key')['remoteJid'])) return ignored(envelope, 'a status or a channel');
  const place = placeOf(where, origin, envelope.own);
  if (!place) return unrecognised('an edit that does not tell its chat', envelope.digest);
  const at = dateOf(timestampMs) ?? dateOf(inside(where)['messageTimestamp']) ?? envelope.at;
  return fact(eventKey('edit', id, digest(text)), { type: 'edit', ...place, origin, at, targetId: id, text });
}

function editedText(editedMessage: unknown): string | undefined {
  // In an update the new message stands one level further in.
  const { message } = unwrapped(fieldsOf(inside(editedMessage)['message']) ?? editedMessage);
  const captions = Object.values(message).map((part) => inside(part)['caption']);
  return textOf(message['conversation'], inside(message, 'extendedTextMessage')['text'], ...captions);
}
