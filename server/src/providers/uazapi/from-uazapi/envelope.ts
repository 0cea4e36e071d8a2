import type { ParsedWebhook, ProviderEvent } from '#provider-kit';
import { at, bodyHash, eventKey, firstText, lineOf, textOf, withoutProperties } from '#provider-kit';

export interface Envelope {
  /** The event's name in lower case, `.` and `-` as `_`. */
  readonly name: string;
  readonly body: unknown;
  /** The instance's own number, digits; null while it has none. */
  readonly owner: string | null;
}

/**
 * Three envelopes are in use: `{EventType, …}`, `{event, instance, data}` and the stream's `{type, data}`. In `messages_update`
 * and `groups`, `event` is an object: the name is the first of the three that is a text.
 */
export function openEnvelope(body: unknown): Envelope | null {
  const name = firstText(at(body, 'EventType'), at(body, 'event'), at(body, 'type'));
  if (name === null) return null;
  return { name: name.slice(0, 60).toLowerCase().replace(/[.-]/g, '_'), body, owner: digitsOf(at(body, 'owner')) };
}

/** `5511…`, also when written `5511…@s.whatsapp.net` or with a device. */
export function digitsOf(raw: unknown): string | null {
  return /^\+?(\d{6,18})(:\d+)?(@(s\.whatsapp\.net|c\.us))?$/.exec(textOf(raw) ?? '')?.[1] ?? null;
}

export const understood = (key: string, ...events: readonly [ProviderEvent, ...ProviderEvent[]]): ParsedWebhook => ({ key, events });

export const ignored = (envelope: Envelope, why: string): ParsedWebhook =>
  understood(wholeKey(envelope, 'ignored'), { type: 'ignored', why: line(why) });

export const unrecognised = (envelope: Envelope, why: string): ParsedWebhook => ({
  key: wholeKey(envelope, 'unrecognised'),
  events: { unrecognised: line(why) },
});

const wholeKey = (envelope: Envelope, kind: string): string =>
  eventKey(kind, envelope.name, bodyHash(withoutProperties(envelope.body, ['token', 'BaseUrl'])));

const line = (text: string): string => lineOf(text) ?? 'unknown';
