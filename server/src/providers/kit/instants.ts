import { numberOf, textOf } from './payload.ts';

/** What an event's time is when its payload gives none: receivers use their own clock instead. */
export const NO_TIME: Date = new Date(0);

const EARLIEST = Date.UTC(2009, 0, 1);
const LATEST = Date.UTC(2100, 0, 1);
// Seconds stay below this until the year 5138, milliseconds passed it in 1973.
const SECONDS_END = 1e11;

/** A time written as seconds or milliseconds (number or digits) or as ISO 8601 (a space for the `T` too). Null when it is none, or absurd. */
export function instantOf(value: unknown): Date | null {
  const number = numberOf(value);
  if (number !== null) return plausible(number < SECONDS_END ? number * 1000 : number);
  const text = textOf(value);
  if (text === null || !/^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/.test(text)) return null;
  return plausible(Date.parse(text.replace(' ', 'T')));
}

/** The first of the values that is a time, else `NO_TIME`. */
export function firstInstant(...values: readonly unknown[]): Date {
  for (const value of values) {
    const instant = instantOf(value);
    if (instant !== null) return instant;
  }
  return NO_TIME;
}

const plausible = (ms: number): Date | null => (ms >= EARLIEST && ms <= LATEST ? new Date(Math.floor(ms)) : null);
