declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** WhatsApp's message id as one gateway knows it. Unique within one instance. Only a provider makes or reads it. */
export type GatewayMessageId = Branded<'GatewayMessageId'>;

/** A normalised WhatsApp address: `<digits>@s.whatsapp.net`, `<digits>@lid`, `<id>@g.us`, `status@broadcast`, `<id>@newsletter`. */
export type WhatsAppAddress = Branded<'WhatsAppAddress'>;

/** Our message's id, handed to a gateway that can carry it, and read back from its echo. */
export type ClientRef = Branded<'ClientRef'>;

export const gatewayMessageId = (raw: string): GatewayMessageId => raw as GatewayMessageId;
export const clientRef = (messageId: string): ClientRef => messageId as ClientRef;

const DEVICE_SUFFIX = /:\d+(?=@)/;
const ADDRESS = /^[0-9A-Za-z.-]{1,64}@(s\.whatsapp\.net|lid|g\.us|broadcast|newsletter)$/;

/**
 * Normalises any spelling a gateway uses: device suffix dropped, `@c.us` → `@s.whatsapp.net`, bare digits → a phone address.
 * Null when the text is no WhatsApp address.
 */
export function toAddress(raw: unknown): WhatsAppAddress | null {
  if (typeof raw !== 'string') return null;
  const text = raw
    .trim()
    .replace(DEVICE_SUFFIX, '')
    .replace(/@c\.us$/, '@s.whatsapp.net');
  if (/^\+?\d{6,18}$/.test(text)) return `${text.replace('+', '')}@s.whatsapp.net` as WhatsAppAddress;
  return ADDRESS.test(text) ? (text as WhatsAppAddress) : null;
}

export const isPhone = (address: string): boolean => address.endsWith('@s.whatsapp.net');
export const isLid = (address: string): boolean => address.endsWith('@lid');
export const isGroup = (address: string): boolean => address.endsWith('@g.us');

/** `+5511988887777`, or null when the address is not a phone. */
export function phoneOf(address: string): string | null {
  const match = /^([1-9]\d{5,14})@s\.whatsapp\.net$/.exec(address);
  return match ? `+${match[1]}` : null;
}
