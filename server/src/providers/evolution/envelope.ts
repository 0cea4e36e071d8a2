import { toAddress, type ParsedWebhook, type ProviderEvent, type WebhookDelivery, type WhatsAppAddress } from '#provider-kit';
import { digest, eventKey } from './ids.ts';
import { dateOf, fieldsOf, textOf, type Fields } from './payload.ts';
import { withoutSecrets } from './secrets.ts';

/** One delivery, opened: what every reader of `data` needs to know about it. */
export interface Envelope {
  /** Lower case with dots, whatever the spelling: `messages.upsert`, `group.participants.update`. */
  readonly event: string;
  readonly data: unknown;
  /** The instance's own number. */
  readonly own: WhatsAppAddress | null;
  /**
   * For facts that bring no time: the header of 2.4, else 1970. Never `date_time`: it is local time marked as UTC.
   */
  readonly at: Date;
  /** Equal for every delivery of this one event, different for another event with the same data. */
  readonly digest: string;
}

export function openEnvelope({ body, headers }: WebhookDelivery): Envelope | null {
  const fields = fieldsOf(body);
  const event = textOf(fields?.['event']);
  if (!fields || event === undefined) return null;
  return {
    event: event.trim().toLowerCase().replace(/[_-]/g, '.').slice(0, 60),
    data: fields['data'],
    own: toAddress(fields['sender']),
    at: dateOf(headers['x-timestamp']) ?? new Date(0),
    digest: digestOf(fields),
  };
}

/**
 * `date_time` is written once per event, before its retries: no time to believe, but it tells two events apart.
 * Without secrets, because the stored body has none and must give the same key.
 */
const digestOf = ({ event, instance, data, date_time }: Fields): string => digest(withoutSecrets({ event, instance, data, date_time }));

export const fact = (key: string, ...events: readonly [ProviderEvent, ...ProviderEvent[]]): ParsedWebhook => ({ key, events });

export const ignored = ({ event, digest: id }: Envelope, why: string): ParsedWebhook =>
  fact(eventKey('ignored', event, id), { type: 'ignored', why });

export const unrecognised = (what: string, id: string): ParsedWebhook => ({
  key: eventKey('unrecognised', id),
  events: { unrecognised: what.slice(0, 200) },
});

/** Several facts in one delivery: some versions send lists. */
export function together(facts: readonly ParsedWebhook[], envelope: Envelope): ParsedWebhook {
  const [first] = facts;
  if (!first) return ignored(envelope, 'an empty list');
  if (facts.length === 1) return first;
  const [event, ...others] = facts.flatMap(({ events }) => ('unrecognised' in events ? [] : [...events]));
  return event ? fact(eventKey('several', digest(facts.map(({ key }) => key))), event, ...others) : first;
}
