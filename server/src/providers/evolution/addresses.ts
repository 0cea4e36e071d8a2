import { isGroup, isLid, isPhone, toAddress, type WhatsAppAddress } from '#provider-kit';

/**
 * One spelling per phone account. WhatsApp knows many Brazilian mobiles without the ninth digit while people write it;
 * both spellings reach the same account. The same holds for the mobile digit of Mexico (1) and Argentina (9).
 */
function comparable(address: string): string {
  const brazil = /^55(\d{2})9(\d{8})@/.exec(address);
  if (brazil) return `55${brazil[1]}${brazil[2]}@s.whatsapp.net`;
  const withMobileDigit = /^(52|54)\d(\d{10})@/.exec(address);
  return withMobileDigit ? `${withMobileDigit[1]}${withMobileDigit[2]}@s.whatsapp.net` : address;
}

export function sameAddress(one: string, other: string): boolean {
  return one === other || (isPhone(one) && isPhone(other) && comparable(one) === comparable(other));
}

/** Normalised, without repeats and without our own: phones first, then LIDs. */
export function personAddresses(candidates: readonly unknown[], own: WhatsAppAddress | null): readonly WhatsAppAddress[] {
  const known = candidates.map(toAddress).filter((address) => address !== null);
  const unique = [...new Set(known)].filter((address) => own === null || !sameAddress(address, own));
  return [...unique.filter(isPhone), ...unique.filter(isLid)];
}

export function groupAddress(value: unknown): WhatsAppAddress | null {
  const address = toAddress(value);
  return address !== null && isGroup(address) ? address : null;
}

/** Status updates, broadcast lists and channels are nobody's conversation. */
export function isBroadcast(value: unknown): boolean {
  return typeof value === 'string' && /@(broadcast|newsletter)$/.test(value.trim());
}
