import type { MessageContent } from './content.ts';
import { at, lineOf, listOf, numberOf } from './payload.ts';

export type Notice = Extract<MessageContent, { kind: 'notice' }>;

/** What stands where there is nothing to say: a vote taken back, a card without a name. */
const NOTHING = '—';
const LINE_MAX = 500;

/** Words come from the event alone: `of` tells a screen which word to put before them, in its own language. */
export const notice = (of: string, ...parts: readonly unknown[]): Notice => {
  const said = parts.map((part) => lineOf(part, LINE_MAX)).filter((part) => part !== null);
  return { kind: 'notice', of, text: lineOf(said.join(' · '), LINE_MAX) ?? NOTHING };
};

/** Name, address and a link to a map. */
export function locationNotice(input: {
  readonly name: unknown;
  readonly address: unknown;
  readonly latitude: unknown;
  readonly longitude: unknown;
}): Notice {
  const latitude = numberOf(input.latitude);
  const longitude = numberOf(input.longitude);
  const onEarth = latitude !== null && longitude !== null && Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;
  return notice('location', input.name, input.address, onEarth ? `https://maps.google.com/?q=${latitude},${longitude}` : null);
}

/** Names and phones of the cards: `Ana +5511…, +5511… · Bruno +55…`. */
export function contactsNotice(cards: readonly { readonly name: unknown; readonly vcard: unknown }[]): Notice {
  return notice(
    'contact',
    ...cards.map((card) => {
      const name = lineOf(card.name) ?? fromCard(card.vcard, 'FN')[0] ?? null;
      return [name, fromCard(card.vcard, 'TEL').join(', ')].filter(Boolean).join(' ');
    }),
  );
}

/** The question and the options. */
export const pollNotice = (question: unknown, options: readonly unknown[]): Notice => notice('poll', question, ...options);

/** The options of a poll as WhatsApp writes them: `[{ optionName }]`. */
export const optionNames = (options: unknown): readonly unknown[] => listOf(options).map((option) => at(option, 'optionName'));

/** Values of a property in a vCard; for a phone the number in `waid` when there is one, as it has the country code. */
function fromCard(vcard: unknown, property: 'FN' | 'TEL'): readonly string[] {
  if (typeof vcard !== 'string') return [];
  const found: string[] = [];
  for (const line of vcard.slice(0, 10_000).split(/\r?\n/)) {
    const colon = line.indexOf(':');
    const [name = '', ...options] = line.slice(0, Math.max(colon, 0)).split(';');
    if (name.replace(/^item\d+\./i, '').toUpperCase() !== property) continue;
    const waid = options.map((option) => /^waid=(\d{6,18})$/i.exec(option)?.[1]).find((digits) => digits !== undefined);
    const value = waid === undefined ? lineOf(line.slice(colon + 1)) : `+${waid}`;
    if (value !== null) found.push(value);
  }
  return found;
}
