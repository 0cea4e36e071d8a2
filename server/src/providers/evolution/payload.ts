/** Reading JSON that somebody else wrote: every step may meet any shape. */
export type Fields = Readonly<Record<string, unknown>>;

export function fieldsOf(value: unknown): Fields | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null;
}

/** The object under a key, or an empty one. */
export function inside(value: unknown, ...path: readonly string[]): Fields {
  let current: Fields | null = fieldsOf(value);
  for (const key of path) current = fieldsOf(current?.[key]);
  return current ?? {};
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A text with something in it. */
export function textOf(...candidates: readonly unknown[]): string | undefined {
  for (const value of candidates) if (typeof value === 'string' && value.trim() !== '') return value;
  return undefined;
}

/** A JSON number, a number written as text, or a protobuf Long that was serialised as `{low, high, unsigned}`. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value === 'string') return /^-?\d{1,18}(\.\d{1,18})?$/.test(value) ? Number(value) : undefined;
  const long = fieldsOf(value);
  if (long && typeof long['low'] === 'number' && typeof long['high'] === 'number') {
    return long['high'] * 2 ** 32 + (long['low'] >>> 0);
  }
  return undefined;
}

/** Seconds or milliseconds since 1970, in any of the number spellings, or an ISO text. */
export function dateOf(value: unknown): Date | undefined {
  const amount = numberOf(value);
  // Seconds stay below 1e11 until the year 5138.
  const ms = amount === undefined ? Date.parse(typeof value === 'string' ? value : '') : amount < 1e11 ? amount * 1000 : amount;
  return Number.isFinite(ms) && ms > 0 && ms < 8.64e15 ? new Date(ms) : undefined;
}

export function oneLine(text: string, max = 500): string {
  const flat = text.replace(/\s+/g, ' ').trim();
  return flat.length <= max ? flat : `${flat.slice(0, max - 1)}…`;
}
