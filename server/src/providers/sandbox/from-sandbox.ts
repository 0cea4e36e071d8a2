import type {
  Chat,
  ClientRef,
  ConnectionReport,
  GatewayMessageId,
  MediaKind,
  MessageContent,
  Origin,
  ParsedWebhook,
  ProviderEvent,
  Receipt,
  WhatsAppAddress,
} from '#provider-kit';
import {
  at,
  bodyHash,
  clientRef,
  countOf,
  eventKey,
  firstInstant,
  flagOf,
  gatewayMessageId,
  idsPart,
  isGroup,
  isLid,
  isPhone,
  lineOf,
  listOf,
  notice,
  textOf,
  toAddress,
  withoutProperties,
} from '#provider-kit';
import { reportOf } from './report.ts';

type InChat = Pick<Extract<ProviderEvent, { type: 'edit' }>, 'chat' | 'origin' | 'at' | 'author'>;

const MEDIA: ReadonlySet<string> = new Set<MediaKind>(['image', 'video', 'audio', 'voice', 'document', 'sticker']);
const NOTICES: ReadonlySet<string> = new Set(['location', 'contact', 'poll']);
const RECEIPTS: ReadonlySet<string> = new Set<Receipt>(['sent', 'delivered', 'read', 'failed']);

/** What one webhook body says. Pure, and total: any value gives an answer. */
export function fromSandbox(body: unknown): ParsedWebhook {
  switch (at(body, 'event')) {
    case 'message':
      return fromMessage(body);
    case 'receipt':
      return fromReceipt(body);
    case 'connection':
      return fromConnection(body);
    default:
      return unrecognised(body, 'no known event');
  }
}

const unrecognised = (body: unknown, why: string): ParsedWebhook => ({
  key: eventKey('unrecognised', bodyHash(withoutProperties(body, ['token']))),
  events: { unrecognised: why },
});

function fromMessage(body: unknown): ParsedWebhook {
  const message = at(body, 'message');
  const id = idOf(at(message, 'id'));
  const chat = chatOf(message);
  if (id === null || chat === null) return unrecognised(body, 'a message without an id or a chat');
  const inChat: InChat = { chat, origin: originOf(message), at: firstInstant(at(message, 'at')), ...authorOf(chat, message) };
  const kind = at(message, 'kind');
  if (kind === 'edit' || kind === 'reaction' || kind === 'removal') {
    const event = changeOf(kind, message, inChat);
    return event === null ? unrecognised(body, `a ${kind} of nothing`) : { key: eventKey(kind, id), events: [event] };
  }
  const content = contentOf(message, id);
  if (content === null) return unrecognised(body, 'a message without content');
  const quotedId = idOf(at(message, 'quotedId'));
  const ref = inChat.origin === 'hub' ? refOf(message) : null;
  const event: ProviderEvent = {
    type: 'message',
    id,
    content,
    ...(quotedId === null ? {} : { quotedId }),
    ...(ref === null ? {} : { clientRef: ref }),
    ...inChat,
  };
  return { key: eventKey('message', id), events: [event] };
}

function changeOf(kind: 'edit' | 'reaction' | 'removal', message: unknown, inChat: InChat): ProviderEvent | null {
  const targetId = idOf(at(message, 'targetId'));
  if (targetId === null) return null;
  if (kind === 'edit') return { type: 'edit', targetId, text: textOf(at(message, 'text')) ?? '', ...inChat };
  if (kind === 'reaction') return { type: 'reaction', targetId, emoji: textOf(at(message, 'emoji')), ...inChat };
  return { type: 'removal', targetId, ...inChat };
}

function contentOf(message: unknown, id: GatewayMessageId): MessageContent | null {
  const kind = textOf(at(message, 'kind')) ?? '';
  const text = textOf(at(message, 'text'));
  if (MEDIA.has(kind)) return mediaOf(kind as MediaKind, message, id, text);
  if (NOTICES.has(kind)) return notice(kind, text);
  return text === null ? null : { kind: 'text', text };
}

function mediaOf(media: MediaKind, message: unknown, id: GatewayMessageId, caption: string | null): MessageContent {
  const file = at(message, 'media');
  const [fileName, mimeType, sizeBytes] = [lineOf(at(file, 'fileName')), lineOf(at(file, 'mimeType'), 120), countOf(at(file, 'sizeBytes'))];
  return {
    kind: 'media',
    media,
    ...(caption === null ? {} : { caption }),
    ...(fileName === null ? {} : { fileName }),
    ...(mimeType === null ? {} : { mimeType }),
    ...(sizeBytes === null ? {} : { sizeBytes }),
    source: { mediaId: idOf(at(file, 'id')) ?? id },
  };
}

function fromReceipt(body: unknown): ParsedWebhook {
  const receipt = at(body, 'receipt');
  const [first, ...rest] = [...new Set(listOf(at(body, 'ids')).slice(0, 1_000).map(idOf))].filter((id) => id !== null);
  if (first === undefined || typeof receipt !== 'string' || !RECEIPTS.has(receipt)) return unrecognised(body, 'a receipt of nothing');
  return {
    key: eventKey('receipt', receipt, idsPart([first, ...rest])),
    events: [{ type: 'receipt', ids: [first, ...rest], receipt: receipt as Receipt, at: firstInstant(at(body, 'at')) }],
  };
}

function fromConnection(body: unknown): ParsedWebhook {
  const report: ConnectionReport = reportOf(body);
  return {
    key: eventKey('connection', report.state, bodyHash([report.phone, report.qr, report.pairCode])),
    recurring: true,
    events: [{ type: 'connection', report }],
  };
}

function idOf(raw: unknown): GatewayMessageId | null {
  const text = textOf(raw);
  return text !== null && /^[\x21-\x7e]{1,128}$/.test(text) ? gatewayMessageId(text) : null;
}

/** Sent through the API with a reference: ours. Without one: another program on the same instance. */
const originOf = (message: unknown): Origin =>
  !flagOf(at(message, 'fromMe')) ? 'contact' : flagOf(at(message, 'viaApi')) && refOf(message) !== null ? 'hub' : 'own-device';

function refOf(message: unknown): ClientRef | null {
  const ref = textOf(at(message, 'ref'));
  return ref !== null && /^[\w-]{1,64}$/.test(ref) ? clientRef(ref) : null;
}

function chatOf(message: unknown): Chat | null {
  const fromContact = originOf(message) === 'contact';
  const group = toAddress(at(message, 'group', 'id'));
  if (group !== null && isGroup(group))
    return named({ kind: 'group', addresses: [group] }, fromContact ? at(message, 'group', 'name') : null);
  const main = toAddress(at(message, 'chat'));
  if (main !== null && isGroup(main)) return { kind: 'group', addresses: [main] };
  const [first, ...rest] = peopleIn([main, at(message, 'lid')]);
  return first === undefined ? null : named({ kind: 'person', addresses: [first, ...rest] }, fromContact ? at(message, 'name') : null);
}

function authorOf(chat: Chat, message: unknown): Pick<InChat, 'author'> {
  if (chat.kind !== 'group') return {};
  const ours = originOf(message) !== 'contact';
  const addresses = peopleIn([at(message, 'author', 'address'), ...(ours ? [] : [at(message, 'chat'), at(message, 'lid')])]);
  const name = ours ? null : lineOf(at(message, 'author', 'name'), 120);
  if (addresses.length === 0 && name === null) return {};
  return { author: { addresses, ...(name === null ? {} : { name }) } };
}

function peopleIn(values: readonly unknown[]): readonly WhatsAppAddress[] {
  const addresses = [...new Set(values.map(toAddress))].filter((address) => address !== null);
  return [...addresses.filter(isPhone), ...addresses.filter(isLid)];
}

function named(chat: Chat, raw: unknown): Chat {
  const name = lineOf(raw, 120);
  return name === null ? chat : { ...chat, name };
}
