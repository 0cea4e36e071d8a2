import type { MediaKind, MediaSource, MessageContent } from '#provider-kit';
import { messageIdOf } from './ids.ts';
import { fieldsOf, inside, numberOf, textOf, type Fields } from './payload.ts';

const KIND_OF: Readonly<Record<string, MediaKind>> = {
  imageMessage: 'image',
  videoMessage: 'video',
  ptvMessage: 'video',
  audioMessage: 'audio',
  documentMessage: 'document',
  stickerMessage: 'sticker',
};

/** Content of more characters than this stays at the server: a source must stay below 8 KB. */
const MAX_INLINE = 6 * 1024;
const MAX_URL = 4 * 1024;

/** Null when the message is no media. `item` is the whole entry, `message` its unwrapped content. */
export function mediaOf(item: Fields, message: Fields): MessageContent | null {
  const type = Object.keys(KIND_OF).find((name) => fieldsOf(message[name]) !== null);
  const kind = type === undefined ? undefined : KIND_OF[type];
  if (type === undefined || kind === undefined) return null;
  const media = inside(message, type);
  const isVoice = kind === 'audio' && (media['ptt'] === true || media['voice'] === true);
  const mimeType = textOf(media['mimetype'], media['mime_type'])?.slice(0, 200);
  const fileName = textOf(media['fileName'], media['filename'], kind === 'document' ? media['title'] : undefined)?.slice(0, 300);
  const caption = textOf(media['caption']);
  const sizeBytes = numberOf(media['fileLength'] ?? media['file_size']);
  return {
    kind: 'media',
    media: isVoice ? 'voice' : kind,
    ...(caption === undefined ? {} : { caption }),
    ...(fileName === undefined ? {} : { fileName }),
    ...(mimeType === undefined ? {} : { mimeType }),
    ...(sizeBytes === undefined || !Number.isSafeInteger(sizeBytes) || sizeBytes < 0 ? {} : { sizeBytes }),
    source: sourceOf(item, message, type, { mimeType, fileName }),
  };
}

interface Labels {
  readonly mimeType: string | undefined;
  readonly fileName: string | undefined;
}

function sourceOf(item: Fields, message: Fields, type: string, { mimeType, fileName }: Labels): MediaSource {
  const id = messageIdOf(inside(item, 'key')['id']) ?? '';
  const url = textOf(message['mediaUrl'], item['mediaUrl']);
  const base64 = textOf(message['base64'], item['base64']);
  return {
    key: { id },
    ...metaReference(inside(message, type), type),
    ...(mimeType === undefined ? {} : { mimeType }),
    ...(fileName === undefined ? {} : { fileName }),
    ...(url !== undefined && url.length <= MAX_URL && /^https?:\/\//.test(url)
      ? { url }
      : base64 !== undefined && base64.length <= MAX_INLINE
        ? { base64 }
        : {}),
  };
}

/** The official channel keeps no media: it must be handed Meta's media id again. */
function metaReference(media: Fields, type: string): Fields {
  const id = textOf(media['id']);
  if (id === undefined || id.length > 200) return {};
  const mimeType = textOf(media['mime_type'])?.slice(0, 200);
  return { messageType: type, message: { [type]: { id, ...(mimeType === undefined ? {} : { mime_type: mimeType }) } } };
}
