import type { Chat, Origin, WhatsAppAddress } from '#provider-kit';
import { groupAddress, personAddresses } from './addresses.ts';
import { fieldsOf, inside, textOf } from './payload.ts';

interface Author {
  readonly addresses: readonly WhatsAppAddress[];
  readonly name?: string;
}

export interface Place {
  readonly chat: Chat;
  readonly author?: Author;
}

/**
 * Whose conversation a message belongs to, in every way that versions 2.2 to 2.4 spell it. Null: nobody's but our own.
 * `item` is the message: it has the `key`, and `pushName` beside it.
 */
export function placeOf(item: unknown, origin: Origin, own: WhatsAppAddress | null): Place | null {
  const key = inside(item, 'key');
  const fromContact = origin === 'contact';
  const name = fromContact ? nameOf(fieldsOf(item)?.['pushName']) : {};
  const group = groupAddress(key['remoteJid']);
  if (group) return { chat: { kind: 'group', addresses: [group] }, ...(fromContact ? authorOf(item, own, name) : {}) };

  // `senderPn` and `senderLid` name the sender: in our own messages that is us.
  const senders = fromContact ? [key['senderPn'], key['senderLid']] : [];
  const [first, ...others] = personAddresses([key['remoteJid'], key['remoteJidAlt'], key['previousRemoteJid'], ...senders], own);
  return first === undefined ? null : { chat: { kind: 'person', addresses: [first, ...others], ...name } };
}

function authorOf(item: unknown, own: WhatsAppAddress | null, name: { readonly name?: string }): { readonly author: Author } | object {
  const key = inside(item, 'key');
  const names = ['participant', 'participantAlt', 'participantPn', 'participantLid', 'senderPn', 'senderLid'].map((field) => key[field]);
  const addresses = personAddresses([...names, fieldsOf(item)?.['participant']], own);
  return addresses.length === 0 ? {} : { author: { addresses, ...name } };
}

/** WhatsApp fills in the number where a contact has no name. */
function nameOf(pushName: unknown): { readonly name?: string } {
  const name = textOf(pushName)?.trim();
  return name === undefined || /^\+?[\d\s()-]{6,}(@.*)?$/.test(name) ? {} : { name: name.slice(0, 200) };
}
