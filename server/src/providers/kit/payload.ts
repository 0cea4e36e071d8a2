/** Readers for JSON that a stranger wrote: each gives the value in the shape asked for, or says that it is not there. */
export type Payload = Readonly<Record<string, unknown>>;

const NOTHING: Payload = Object.freeze(Object.create(null) as Record<string, unknown>);

const isRecord = (value: unknown): value is Payload => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The object, or an empty one. */
export const recordOf = (value: unknown): Payload => (isRecord(value) ? value : NOTHING);

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as readonly unknown[]) : []);

/** Reads own properties only, so that `__proto__` and `constructor` are names like any other. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let here: unknown = value;
  for (const name of path) {
    if (!isRecord(here) || !Object.hasOwn(here, name)) return undefined;
    here = here[name];
  }
  return here;
}

/** The text trimmed, or null when there is none. */
export function textOf(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const text = value.trim();
  return text === '' ? null : text;
}

/** The first of the values that is a text with something in it. */
export function firstText(...values: readonly unknown[]): string | null {
  for (const value of values) {
    const text = textOf(value);
    if (text !== null) return text;
  }
  return null;
}

/** A finite number, also when written as digits in a string. */
export function numberOf(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'string' || !/^-?\d{1,20}(\.\d{1,20})?$/.test(value)) return null;
  return Number(value);
}

/** A size or count that fits: a whole number from 0 up. */
export function countOf(value: unknown): number | null {
  const number = numberOf(value);
  return number !== null && Number.isSafeInteger(number) && number >= 0 ? number : null;
}

/** True for `true` and the string "true" in any letter case; some gateways write booleans as strings. */
export const flagOf = (value: unknown): boolean => value === true || (typeof value === 'string' && value.toLowerCase() === 'true');

/** One line: runs of white space and control characters become one space; cut at `max` characters. */
export function lineOf(value: unknown, max = 200): string | null {
  const text = textOf(value);
  if (text === null) return null;
  const line = text
    .slice(0, max * 4)
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  if (line === '') return null;
  return line.length > max ? `${line.slice(0, max - 1)}…` : line;
}
