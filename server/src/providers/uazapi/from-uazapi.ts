import type { ParsedWebhook } from '#provider-kit';
import { bodyHash, eventKey, withoutProperties } from '#provider-kit';
import { fromCall } from './from-uazapi/call.ts';
import { fromConnection } from './from-uazapi/connection.ts';
import type { Envelope } from './from-uazapi/envelope.ts';
import { ignored, openEnvelope, unrecognised } from './from-uazapi/envelope.ts';
import { fromGroups } from './from-uazapi/groups.ts';
import { fromMessage } from './from-uazapi/message.ts';
import { fromMessagesUpdate } from './from-uazapi/messages-update.ts';

const READERS: ReadonlyMap<string, (envelope: Envelope) => ParsedWebhook> = new Map([
  ['messages', fromMessage],
  ['message', fromMessage],
  ['messages_update', fromMessagesUpdate],
  ['message_update', fromMessagesUpdate],
  ['connection', fromConnection],
  ['call', fromCall],
  ['groups', fromGroups],
  ...['contacts', 'presence', 'labels', 'chats', 'chat_labels', 'blocks', 'sender', 'newsletter_messages', 'history'].map(
    (name) => [name, (envelope: Envelope) => ignored(envelope, `${name} are not used`)] as const,
  ),
]);

/** What one webhook body says. Pure, and total: any value gives an answer. */
export function fromUazapi(body: unknown): ParsedWebhook {
  const envelope = openEnvelope(body);
  if (envelope === null) {
    return {
      key: eventKey('unrecognised', bodyHash(withoutProperties(body, ['token']))),
      events: { unrecognised: 'a body without an event name' },
    };
  }
  const read = READERS.get(envelope.name);
  return read === undefined ? unrecognised(envelope, `event ${envelope.name}`) : read(envelope);
}
