import type { GatewayMessageId, MediaKind, MessageContent } from '#provider-kit';
import {
  at,
  contactsNotice,
  countOf,
  firstText,
  lineOf,
  listOf,
  locationNotice,
  notice,
  optionNames,
  pollNotice,
  textOf,
} from '#provider-kit';

/** `mediaType` says it best; `messageType` is the fallback, as some versions leave `mediaType` empty. */
const MEDIA_BY_MEDIA_TYPE: ReadonlyMap<unknown, MediaKind> = new Map([
  ['image', 'image'],
  ['video', 'video'],
  ['gif', 'video'],
  ['ptv', 'video'],
  ['ptt', 'voice'],
  ['audio', 'audio'],
  ['document', 'document'],
  ['sticker', 'sticker'],
  ['1p_sticker', 'sticker'],
  ['user_created_sticker', 'sticker'],
]);

const MEDIA_BY_MESSAGE_TYPE: ReadonlyMap<unknown, MediaKind> = new Map([
  ['ImageMessage', 'image'],
  ['VideoMessage', 'video'],
  ['PtvMessage', 'video'],
  ['AudioMessage', 'audio'],
  ['DocumentMessage', 'document'],
  ['DocumentWithCaptionMessage', 'document'],
  ['StickerMessage', 'sticker'],
]);

/** What the message carries; null when there is nothing to show and nothing that names it. */
export function contentOf(message: unknown, id: GatewayMessageId): MessageContent | null {
  return mediaOf(message, id) ?? noticeOf(message) ?? textContentOf(message) ?? unknownKind(message);
}

function mediaOf(message: unknown, id: GatewayMessageId): MessageContent | null {
  const media = mediaKindOf(message);
  if (media === null) return null;
  const content = at(message, 'content');
  const caption = media === 'voice' || media === 'sticker' ? null : firstText(at(message, 'text'), at(content, 'caption'));
  const fileName = lineOf(at(content, 'fileName'));
  const mimeType = lineOf(at(content, 'mimetype'), 120);
  const sizeBytes = countOf(at(content, 'fileLength'));
  return {
    kind: 'media',
    media,
    ...(caption === null ? {} : { caption }),
    ...(fileName === null ? {} : { fileName }),
    ...(mimeType === null ? {} : { mimeType }),
    ...(sizeBytes === null ? {} : { sizeBytes }),
    source: { id },
  };
}

function mediaKindOf(message: unknown): MediaKind | null {
  const mediaType = at(message, 'mediaType');
  const kind =
    MEDIA_BY_MEDIA_TYPE.get(mediaType) ??
    (isSticker(mediaType) ? 'sticker' : MEDIA_BY_MESSAGE_TYPE.get(at(message, 'messageType'))) ??
    null;
  return kind === 'audio' && at(message, 'content', 'PTT') === true ? 'voice' : kind;
}

const isSticker = (mediaType: unknown): boolean => typeof mediaType === 'string' && mediaType.endsWith('_sticker');

function noticeOf(message: unknown): MessageContent | null {
  const content = at(message, 'content');
  switch (noticeKindOf(message)) {
    case 'location':
      return locationNotice({
        name: at(content, 'name'),
        address: at(content, 'address'),
        latitude: at(content, 'degreesLatitude'),
        longitude: at(content, 'degreesLongitude'),
      });
    case 'contact':
      return contactsNotice(cardsOf(content));
    case 'poll-vote':
      return notice('poll-vote', ...(textOf(at(message, 'vote')) ?? '').split(','));
    case 'poll':
      return pollNotice(at(message, 'text'), optionsOf(message));
    case 'list-answer':
      return notice(
        'list-answer',
        firstText(at(message, 'vote'), at(content, 'title'), at(message, 'text'), at(message, 'buttonOrListid')),
        at(content, 'description'),
      );
    case 'button-answer':
      return notice(
        'button-answer',
        firstText(at(message, 'vote'), at(message, 'text'), at(content, 'selectedDisplayText'), at(message, 'buttonOrListid')),
      );
    default:
      return null;
  }
}

const NOTICE_BY_MEDIA_TYPE: ReadonlyMap<unknown, string> = new Map([
  ['location', 'location'],
  ['vcard', 'contact'],
  ['contact_array', 'contact'],
  ['list_response', 'list-answer'],
]);

const NOTICE_BY_MESSAGE_TYPE: ReadonlyMap<unknown, string> = new Map([
  ['LocationMessage', 'location'],
  ['LiveLocationMessage', 'location'],
  ['ContactMessage', 'contact'],
  ['ContactsArrayMessage', 'contact'],
  ['ListResponseMessage', 'list-answer'],
  ['ButtonsResponseMessage', 'button-answer'],
  ['TemplateButtonReplyMessage', 'button-answer'],
  ['InteractiveResponseMessage', 'button-answer'],
  ['PollUpdateMessage', 'poll-vote'],
]);

function noticeKindOf(message: unknown): string | null {
  const messageType = at(message, 'messageType');
  const named = NOTICE_BY_MEDIA_TYPE.get(at(message, 'mediaType')) ?? NOTICE_BY_MESSAGE_TYPE.get(messageType);
  if (named !== undefined) return named;
  const creates = typeof messageType === 'string' && messageType.startsWith('PollCreationMessage');
  return creates || at(message, 'type') === 'poll' ? 'poll' : null;
}

/** `A|B` in `convertOptions`, or WhatsApp's own list inside `content.pollCreationMessageV3`. */
function optionsOf(message: unknown): readonly unknown[] {
  const written = textOf(at(message, 'convertOptions'));
  if (written !== null) return written.slice(0, 2_000).split('|');
  const content = at(message, 'content');
  const creation =
    at(content, 'pollCreationMessageV3') ?? at(content, 'pollCreationMessageV2') ?? at(content, 'pollCreationMessage') ?? content;
  return optionNames(at(creation, 'options')).slice(0, 20);
}

function cardsOf(content: unknown): readonly { name: unknown; vcard: unknown }[] {
  const several = listOf(at(content, 'contacts')).slice(0, 50);
  return (several.length > 0 ? several : [content]).map((card) => ({ name: at(card, 'displayName'), vcard: at(card, 'vcard') }));
}

/** `content` is the text itself for `Conversation`, and an object otherwise. */
function textContentOf(message: unknown): MessageContent | null {
  const content = at(message, 'content');
  const text = firstText(at(message, 'text'), content, at(content, 'text'));
  return text === null ? null : { kind: 'text', text };
}

function unknownKind(message: unknown): MessageContent | null {
  const name = firstText(at(message, 'messageType'), at(message, 'mediaType'));
  return name === null || name === 'Conversation' || name === 'ExtendedTextMessage' ? null : notice('unknown', name.slice(0, 60));
}
