import type { Chat, WhatsAppAddress } from '#provider-kit';
import { isPhone, phoneOf, toAddress } from '#provider-kit';
import { otherSpelling } from './brazilian-numbers.ts';

/** How a thread is found or made: `addresses` were seen in the event, `aliases` are other spellings of them. */
export interface Identity {
  readonly chat: 'person' | 'group';
  readonly addresses: readonly string[];
  readonly aliases: readonly string[];
  readonly name: string | null;
  /** `+5511988887777`, as WhatsApp spells it. */
  readonly phone: string | null;
}

export function identityOf(chat: Chat): Identity {
  const addresses = [...new Set<WhatsAppAddress>(chat.addresses)];
  const phone = addresses.find((address) => isPhone(address));
  return {
    chat: chat.kind,
    addresses,
    aliases: spellings(addresses),
    name: chat.name ?? null,
    phone: phone ? phoneOf(phone) : null,
  };
}

/** From what Chatwoot knows of a contact: an agent writes first, nothing came from WhatsApp yet. */
export function identityOfContact(contact: {
  readonly phone: string | null;
  readonly identifier: string | null;
  readonly name: string | null;
}): Identity | null {
  const named = [toAddress(contact.identifier), contact.phone ? toAddress(contact.phone) : null].filter((address) => address !== null);
  const [first] = named;
  if (!first) return null;
  return identityOf({
    kind: first.endsWith('@g.us') ? 'group' : 'person',
    addresses: [first, ...named.slice(1)],
    ...(contact.name ? { name: contact.name } : {}),
  });
}

function spellings(addresses: readonly string[]): string[] {
  const known = new Set(addresses);
  const other: string[] = [];
  for (const address of addresses) {
    if (!isPhone(address)) continue;
    const digits = otherSpelling(address.slice(0, address.indexOf('@')));
    const alias = digits ? `${digits}@s.whatsapp.net` : null;
    if (alias && !known.has(alias)) other.push(alias);
  }
  return other;
}
