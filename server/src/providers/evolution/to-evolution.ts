import { failed, succeeded, type Attempt, type DeliveryFailure } from '#platform/outcome';
import type { HttpBody } from '#platform/http';
import { isPhone, type MediaKind, type OutboundMedia, type OutboundMessage } from '#provider-kit';
import { encodedBase64 } from './base64-stream.ts';
import { capabilities } from './capabilities.ts';
import { refusal } from './failures.ts';
import { messageIdFor } from './ids.ts';

const { maxMediaBytes, maxTextLength } = capabilities.limits;
const tooLarge = (): DeliveryFailure => refusal('too-large', 'The media is longer than Evolution reads.');
const brokeOff: DeliveryFailure = {
  kind: 'unreachable',
  retry: 'later',
  certainty: 'not-sent',
  scope: 'message',
  detail: 'The media broke off while it was being sent.',
};

export interface EvolutionSend {
  readonly path: 'message/sendText' | 'message/sendMedia' | 'message/sendWhatsAppAudio' | 'message/sendSticker';
  readonly body: HttpBody;
  /** Whether the last byte of the body was handed over: what ended before that no JSON parser accepts. */
  complete(): boolean;
  /** Set when the content itself broke off or turned out to be longer than Evolution reads. */
  broken(): DeliveryFailure | null;
}

export interface SendOptions {
  /** Off for a server that refuses the key. */
  readonly withMessageId: boolean;
}

/** What Evolution needs for one message. Media is streamed in its JSON body: the gateway never fetches from us. */
export async function toEvolution(message: OutboundMessage, options: SendOptions): Promise<Attempt<EvolutionSend>> {
  const common = {
    number: numberFor(message.to),
    ...(options.withMessageId ? { messageId: messageIdFor(message.ref) } : {}),
    ...quotedFor(message),
  };
  if (message.text.length > maxTextLength) return failed(refusal('too-large', 'The text is longer than WhatsApp takes.'));
  if (!message.media) {
    return succeeded({
      path: 'message/sendText',
      body: { json: { ...common, text: message.text } },
      complete: () => true,
      broken: () => null,
    });
  }
  if ((message.media.sizeBytes ?? 0) > maxMediaBytes) return failed(tooLarge());
  const shape = shapeOf(message.media.media);
  const content = await message.media.open();
  if (!content.ok) return content;
  const fields = { ...common, ...shape.fields(message.media), ...(shape.caption && message.text !== '' ? { caption: message.text } : {}) };
  return succeeded({ path: shape.path, ...streamed(fields, shape.contentField, content.value) });
}

/** Phones as digits (Evolution asks WhatsApp for the account's own spelling), groups and LIDs as they are. */
function numberFor(to: string): string {
  return isPhone(to) ? to.slice(0, to.indexOf('@')) : to;
}

function quotedFor(message: OutboundMessage): object {
  if (!message.quoted) return {};
  const { id, chat, fromMe } = message.quoted;
  return { quoted: { key: { id, remoteJid: chat, fromMe } } };
}

interface Shape {
  readonly path: EvolutionSend['path'];
  readonly contentField: 'media' | 'audio' | 'sticker';
  /** WhatsApp has no place for a text beside audio and stickers. */
  readonly caption: boolean;
  fields(media: OutboundMedia): object;
}

function shapeOf(kind: MediaKind): Shape {
  if (kind === 'voice')
    return { path: 'message/sendWhatsAppAudio', contentField: 'audio', caption: false, fields: () => ({ encoding: true }) };
  if (kind === 'sticker') return { path: 'message/sendSticker', contentField: 'sticker', caption: false, fields: () => ({}) };
  return {
    path: 'message/sendMedia',
    contentField: 'media',
    caption: kind !== 'audio',
    fields: ({ mimeType, fileName }) => ({ mediatype: kind, mimetype: mimeType, fileName }),
  };
}

function streamed(fields: object, contentField: string, content: AsyncIterable<Uint8Array>): Omit<EvolutionSend, 'path'> {
  let complete = false;
  let broken: DeliveryFailure | null = null;
  async function* limited(): AsyncGenerator<Uint8Array> {
    let size = 0;
    try {
      for await (const chunk of content) {
        size += chunk.length;
        if (size > maxMediaBytes) throw new Error('The media is longer than the gateway reads.');
        yield chunk;
      }
    } catch (cause) {
      broken = size > maxMediaBytes ? tooLarge() : brokeOff;
      throw cause;
    }
  }
  async function* json(): AsyncGenerator<string> {
    // Without a `data:` prefix: Evolution checks for bare base64.
    yield `${JSON.stringify(fields).slice(0, -1)},${JSON.stringify(contentField)}:"`;
    yield* encodedBase64(limited());
    complete = true;
    yield '"}';
  }
  return { body: { stream: json(), contentType: 'application/json' }, complete: () => complete, broken: () => broken };
}
