import type { Chat, Origin, WhatsAppAddress } from '#provider-kit';
import { at, flagOf, isGroup, isLid, isPhone, lineOf, textOf, toAddress } from '#provider-kit';
import { refOf } from '../ids.ts';
import type { Envelope } from './envelope.ts';

export interface Author {
  readonly addresses: readonly WhatsAppAddress[];
  readonly name?: string;
}

/** `wasSentByApi` without our mark is another program on the same instance: to the Hub that is the company's own device. */
export function originOf(message: unknown): Origin {
  if (!flagOf(at(message, 'fromMe'))) return 'contact';
  return refOf(at(message, 'track_source'), at(message, 'track_id')) === null ? 'own-device' : 'hub';
}

/** Null when the payload gives no address for the other side. */
export function chatOf(envelope: Envelope, message: unknown): Chat | null {
  const chat = at(envelope.body, 'chat');
  const origin = originOf(message);
  const main = toAddress(at(message, 'chatid')) ?? toAddress(at(chat, 'wa_chatid'));
  if (main !== null && isGroup(main))
    return named({ kind: 'group', addresses: [main] }, origin === 'contact' ? groupName(message, chat) : null);

  const own = envelope.owner === null ? null : toAddress(envelope.owner);
  // `sender*` of our own message is ourselves; the other side is then only where the chat says so.
  const sender = origin === 'contact' ? [at(message, 'sender_pn'), at(message, 'sender_lid'), at(message, 'sender')] : [];
  const others = peopleIn([at(chat, 'wa_chatid'), ...sender, at(message, 'chatlid'), at(chat, 'wa_chatlid')]).filter(
    (address) => address !== own,
  );
  const known = peopleIn([main, ...others]);
  const [first, ...rest] = known.some(isPhone) ? known : peopleIn([...known, formattedPhone(chat, own)]);
  if (first === undefined) return null;
  return named({ kind: 'person', addresses: [first, ...rest] }, origin === 'contact' ? personName(message, chat) : null);
}

/** Who in the group; null outside groups and when nothing names them. */
export function authorOf(chat: Chat, message: unknown): Author | null {
  if (chat.kind !== 'group') return null;
  const addresses = peopleIn([at(message, 'sender_pn'), at(message, 'sender_lid'), at(message, 'sender')]);
  const name = flagOf(at(message, 'fromMe')) ? null : nameOf(at(message, 'senderName'));
  if (addresses.length === 0 && name === null) return null;
  return name === null ? { addresses } : { addresses, name };
}

/** The values that are a person's address, each once, phones before LIDs, otherwise in the order given. */
export function peopleIn(values: readonly unknown[]): readonly WhatsAppAddress[] {
  const addresses = [...new Set(values.map(toAddress))].filter((address) => address !== null);
  return [...addresses.filter(isPhone), ...addresses.filter(isLid)];
}

/** `+55 43 9841-4904` as uazapi shows it: used only when no address of the payload is a phone. */
function formattedPhone(chat: unknown, own: WhatsAppAddress | null): WhatsAppAddress | null {
  const written = textOf(at(chat, 'phone'));
  const address = written?.startsWith('+') === true ? toAddress(written.slice(0, 40).replace(/[^\d]/g, '')) : null;
  return address === own ? null : address;
}

/** `groupName` and the chat's name may be the word "Unknown". */
function nameOf(raw: unknown): string | null {
  const name = lineOf(raw, 120);
  return name === 'Unknown' ? null : name;
}

const firstName = (...values: readonly unknown[]): string | null => values.map(nameOf).find((name) => name !== null) ?? null;

const personName = (message: unknown, chat: unknown): string | null =>
  firstName(at(chat, 'wa_contactName'), at(message, 'senderName'), at(chat, 'wa_name'), at(chat, 'name'));

const groupName = (message: unknown, chat: unknown): string | null =>
  firstName(at(message, 'groupName'), at(chat, 'wa_name'), at(chat, 'name'));

const named = (chat: Chat, name: string | null): Chat => (name === null ? chat : { ...chat, name });
