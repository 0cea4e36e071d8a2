import type { MediaKind, OutboundMessage } from '#provider-kit';
import { isPhone } from '#provider-kit';
import { TRACK_SOURCE } from './ids.ts';

const ZERO_WIDTH_JOINER = '\u200d';

/** Voice notes are `ptt`; everything else has the kit's name. */
const TYPES: Readonly<Record<MediaKind, string>> = {
  image: 'image',
  video: 'video',
  audio: 'audio',
  voice: 'ptt',
  document: 'document',
  sticker: 'sticker',
};

/**
 * The gateway replaces `{{name}}` and the like in everything it sends, with no way to turn it off:
 * the joiner keeps the braces apart and shows nothing.
 */
export const literal = (text: string): string => text.replace(/\{(?=\{)/g, `{${ZERO_WIDTH_JOINER}`);

export const textBody = (message: OutboundMessage): Record<string, unknown> => ({ ...common(message), text: literal(message.text) });

/** `file` is the content as base64 after a data-URI head. */
export function mediaBody(message: OutboundMessage, media: NonNullable<OutboundMessage['media']>, file: string): Record<string, unknown> {
  const mimeType = media.mimeType.split(';')[0]?.trim() || 'application/octet-stream';
  return {
    ...common(message),
    type: TYPES[media.media],
    file: `data:${mimeType};base64,${file}`,
    mimetype: media.mimeType,
    ...(message.text === '' ? {} : { text: literal(message.text) }),
    ...(media.media === 'document' ? { docName: literal(media.fileName) } : {}),
  };
}

/** Phones go as bare digits, which every version accepts; LIDs and groups as they are. */
function common(message: OutboundMessage): Record<string, unknown> {
  return {
    number: isPhone(message.to) ? message.to.slice(0, message.to.indexOf('@')) : message.to,
    track_id: message.ref,
    track_source: TRACK_SOURCE,
    ...(message.quoted === undefined ? {} : { replyid: message.quoted.id }),
  };
}
