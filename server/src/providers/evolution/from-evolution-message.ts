import type { GatewayMessageId, MessageContent, Origin, ParsedWebhook } from '#provider-kit';
import { isBroadcast } from './addresses.ts';
import { fact, ignored, unrecognised, type Envelope } from './envelope.ts';
import { placeOf, type Place } from './from-evolution-chat.ts';
import { mediaOf } from './from-evolution-media.ts';
import { noticeOf } from './from-evolution-notice.ts';
import { fromProtocolMessage } from './from-evolution-update.ts';
import { unwrapped } from './from-evolution-wrapper.ts';
import { eventKey, messageIdOf } from './ids.ts';
import { dateOf, fieldsOf, inside, textOf, type Fields } from './payload.ts';

/** Parts that come along with content, or alone where there is none to show. */
const NOT_CONTENT: readonly string[] = [
  'messageContextInfo',
  'senderKeyDistributionMessage',
  'fastRatchetKeySenderKeyDistributionMessage',
  'base64',
  'mediaUrl',
  'speechToText',
];
/** Each has its effect elsewhere: an album's pictures are messages of their own, a pin belongs to the phone. */
const WITHOUT_EFFECT: readonly string[] = [
  'albumMessage',
  'pinInChatMessage',
  'keepInChatMessage',
  'encReactionMessage',
  'statusMentionMessage',
  'groupStatusMentionMessage',
  'placeholderMessage',
];

export function fromMessage(raw: unknown, envelope: Envelope, how: 'received' | 'sent-by-api'): ParsedWebhook {
  const item = inside(raw);
  const key = inside(item, 'key');
  const id = messageIdOf(key['id']);
  if (id === undefined || textOf(key['remoteJid']) === undefined) return unrecognised('a message without its key', envelope.digest);
  if (isBroadcast(key['remoteJid'])) return ignored(envelope, 'a status or a channel');
  const origin: Origin = how === 'sent-by-api' ? 'hub' : key['fromMe'] === true ? 'own-device' : 'contact';
  const { message, viewOnce } = unwrapped(item['message']);

  if (fieldsOf(message['protocolMessage'])) return fromProtocolMessage(message['protocolMessage'], item, origin, envelope);
  const place = placeOf(item, origin, envelope.own);
  if (!place) return ignored(envelope, 'a message to ourselves');
  const at = dateOf(item['messageTimestamp']) ?? envelope.at;
  const seen: Seen = { id, item, message, viewOnce, origin, place, at };
  return fromReaction(seen, envelope) ?? fromContent(seen, envelope);
}

interface Seen {
  readonly id: GatewayMessageId;
  readonly item: Fields;
  readonly message: Fields;
  readonly viewOnce: boolean;
  readonly origin: Origin;
  readonly place: Place;
  readonly at: Date;
}

function fromReaction({ id, message, origin, place, at }: Seen, envelope: Envelope): ParsedWebhook | null {
  const reaction = fieldsOf(message['reactionMessage']);
  if (!reaction) return null;
  const target = messageIdOf(inside(reaction, 'key')['id']);
  if (target === undefined) return unrecognised('a reaction without its message', envelope.digest);
  // An empty text takes the reaction back.
  const emoji = textOf(reaction['text'])?.slice(0, 50) ?? null;
  return fact(eventKey('message', id), { type: 'reaction', ...place, origin, at, targetId: target, emoji });
}

function fromContent(seen: Seen, envelope: Envelope): ParsedWebhook {
  const { id, item, message, origin, place, at } = seen;
  const content = contentOf(seen);
  if (!content) return withoutContent(message, envelope);
  const quoted = quotedId(item, message);
  return fact(eventKey('message', id), {
    type: 'message',
    ...place,
    origin,
    at,
    id,
    content,
    ...(quoted === undefined ? {} : { quotedId: quoted }),
  });
}

function contentOf({ item, message, viewOnce }: Seen): MessageContent | null {
  const text = textOf(
    message['conversation'],
    inside(message, 'extendedTextMessage')['text'],
    message['conversation'] === undefined ? undefined : item['text'],
  );
  if (text !== undefined) return { kind: 'text', text };
  const media = mediaOf(item, message);
  if (media) return media;
  // WhatsApp gives view-once content to the phone only: other devices may get an empty shell.
  if (viewOnce && typesOf(message).length === 0)
    return { kind: 'notice', of: 'view-once', text: 'A view-once message: open it on the phone.' };
  return noticeOf(message, item) ?? unknownKind(message);
}

/** A type from a version to come: the agent sees that something came, and the raw event is kept. */
function unknownKind(message: Fields): MessageContent | null {
  const types = typesOf(message).filter((type) => !WITHOUT_EFFECT.includes(type));
  return types.length === 0 ? null : { kind: 'notice', of: 'unknown', text: types.join(', ').slice(0, 200) };
}

function withoutContent(message: Fields, envelope: Envelope): ParsedWebhook {
  const types = typesOf(message);
  return ignored(envelope, types.length === 0 ? 'a message without content' : types.join(', ').slice(0, 200));
}

const typesOf = (message: Fields): readonly string[] =>
  Object.keys(message).filter((type) => !NOT_CONTENT.includes(type) && message[type] !== null && message[type] !== '');

/** Beside the message (where Evolution moves it), or still inside its part. */
function quotedId(item: Fields, message: Fields): GatewayMessageId | undefined {
  const parts = Object.values(message).map((part) => inside(part, 'contextInfo')['stanzaId']);
  return messageIdOf(inside(item, 'contextInfo')['stanzaId'], inside(message, 'contextInfo')['stanzaId'], ...parts);
}
