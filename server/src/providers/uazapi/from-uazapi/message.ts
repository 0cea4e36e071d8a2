import type { ParsedWebhook, ProviderEvent } from '#provider-kit';
import { at, eventKey, firstInstant, firstText, recordOf, textOf } from '#provider-kit';
import { messageIdOf, refOf } from '../ids.ts';
import { authorOf, chatOf, originOf } from './chat.ts';
import { contentOf } from './content.ts';
import type { Envelope } from './envelope.ts';
import { ignored, understood, unrecognised } from './envelope.ts';
import { hasReceiptShape, fromMessagesUpdate } from './messages-update.ts';

type InChat = Pick<Extract<ProviderEvent, { type: 'edit' }>, 'chat' | 'origin' | 'at' | 'author'>;

/** Plumbing between devices that WhatsApp shows to nobody. */
const SILENT = new Set([
  'ProtocolMessage',
  'SenderKeyDistributionMessage',
  'MessageContextInfo',
  'KeepInChatMessage',
  'EncReactionMessage',
  'DeviceSentMessage',
]);

/** One `messages` event: a message, an edit or a reaction. */
export function fromMessage(envelope: Envelope): ParsedWebhook {
  const message = messageOf(envelope.body);
  const id = messageIdOf(at(message, 'messageid')) ?? messageIdOf(at(message, 'id'));
  if (id === null) return unrecognised(envelope, 'a message without an id');
  const chatId = textOf(at(message, 'chatid')) ?? '';
  if (/@(broadcast|newsletter)$/.test(chatId)) return ignored(envelope, 'a broadcast or a channel');
  const chat = chatOf(envelope, message);
  if (chat === null) {
    return hasReceiptShape(envelope.body) ? fromMessagesUpdate(envelope) : unrecognised(envelope, 'a message without a chat');
  }
  const author = authorOf(chat, message);
  const inChat: InChat = {
    chat,
    origin: originOf(message),
    at: firstInstant(at(message, 'messageTimestamp'), at(envelope.body, 'chat', 'wa_lastMsgTimestamp')),
    ...(author === null ? {} : { author }),
  };

  const editedId = messageIdOf(at(message, 'edited'));
  if (editedId !== null)
    return understood(eventKey('edit', id), { type: 'edit', targetId: editedId, text: textOf(at(message, 'text')) ?? '', ...inChat });
  if (isReaction(message)) return fromReaction(envelope, message, inChat, eventKey('reaction', id));
  const messageType = textOf(at(message, 'messageType')) ?? '';
  if (SILENT.has(messageType)) return ignored(envelope, `${messageType} shows nothing`);

  const content = contentOf(message, id);
  if (content === null) return unrecognised(envelope, 'a message without content');
  const quotedId = messageIdOf(at(message, 'quoted'));
  const ref = inChat.origin === 'hub' ? refOf(at(message, 'track_source'), at(message, 'track_id')) : null;
  return understood(eventKey('message', id), {
    type: 'message',
    id,
    content,
    ...(quotedId === null ? {} : { quotedId }),
    ...(ref === null ? {} : { clientRef: ref }),
    ...inChat,
  });
}

/** Under `message`; in the other envelopes under `data.message` or `data` itself. */
function messageOf(body: unknown): unknown {
  const candidates = [at(body, 'message'), at(body, 'data', 'message'), at(body, 'data')];
  return candidates.find((candidate) => Object.keys(recordOf(candidate)).length > 0);
}

const isReaction = (message: unknown): boolean => at(message, 'type') === 'reaction' || at(message, 'messageType') === 'ReactionMessage';

function fromReaction(envelope: Envelope, message: unknown, inChat: InChat, key: string): ParsedWebhook {
  const targetId = messageIdOf(at(message, 'reaction')) ?? messageIdOf(at(message, 'content', 'key', 'ID'));
  if (targetId === null) return unrecognised(envelope, 'a reaction to nothing');
  // A reaction that someone else takes back has an empty `text` and no `content.text`.
  const emoji = firstText(at(message, 'text'), at(message, 'content', 'text'));
  return understood(key, { type: 'reaction', targetId, emoji: emoji === null ? null : emoji.slice(0, 40), ...inChat });
}
