import { fieldsOf, type Fields } from './payload.ts';

/** Messages that only carry another one in `.message`; Evolution leaves most of them wrapped. */
const WRAPPERS = [
  'ephemeralMessage',
  'viewOnceMessage',
  'viewOnceMessageV2',
  'viewOnceMessageV2Extension',
  'documentWithCaptionMessage',
  'deviceSentMessage',
  'editedMessage',
  'groupMentionedMessage',
  'associatedChildMessage',
  'lottieStickerMessage',
  'botInvokeMessage',
] as const;

export interface Unwrapped {
  readonly message: Fields;
  readonly viewOnce: boolean;
}

export function unwrapped(raw: unknown): Unwrapped {
  let message = fieldsOf(raw) ?? {};
  let viewOnce = false;
  // WhatsApp nests two deep (view once in a disappearing chat); the bound is against payloads made by hand.
  for (let depth = 0; depth < 6; depth++) {
    const wrapper = WRAPPERS.find((name) => fieldsOf(fieldsOf(message[name])?.['message']) !== null);
    const inner = wrapper === undefined ? null : fieldsOf(fieldsOf(message[wrapper])?.['message']);
    if (wrapper === undefined || inner === null) break;
    viewOnce ||= wrapper.startsWith('viewOnce');
    // The server puts the fetched media beside the wrapper.
    message = { ...besides(message), ...inner };
  }
  return { message, viewOnce };
}

function besides({ base64, mediaUrl }: Fields): Fields {
  return { ...(base64 === undefined ? {} : { base64 }), ...(mediaUrl === undefined ? {} : { mediaUrl }) };
}
