import type { ClientRef, GatewayMessageId } from '#provider-kit';
import { clientRef, eventKey, gatewayMessageId, textOf } from '#provider-kit';

/** Marks our sends, so that their echoes are told from those of other programs on the same instance. */
export const TRACK_SOURCE = 'whatprohub';

/**
 * WhatsApp's bare id. `Message.id` is written `<owner>:<messageid>`, everything else (quoted, reaction, edited, MessageIDs)
 * is bare; both spellings give the same id.
 */
export function messageIdOf(raw: unknown): GatewayMessageId | null {
  const text = textOf(raw);
  if (text === null) return null;
  const bare = text.replace(/^\d+:/, '');
  return /^[\x21-\x7e]{1,128}$/.test(bare) ? gatewayMessageId(bare) : null;
}

/** Our reference, when the message was sent by a Hub. */
export function refOf(trackSource: unknown, trackId: unknown): ClientRef | null {
  const ref = textOf(trackId);
  return trackSource === TRACK_SOURCE && ref !== null && /^[\w-]{1,64}$/.test(ref) ? clientRef(ref) : null;
}

/** An id for what WhatsApp shows as a line in a chat but gives no message id (someone joins a group). Never sent to the gateway. */
export const inventedId = (...parts: readonly string[]): GatewayMessageId => gatewayMessageId(eventKey('event', ...parts));
