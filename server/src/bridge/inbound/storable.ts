const DEPTH_MAX = 64;

/**
 * Text that PostgreSQL can keep: NUL is dropped and lone surrogates are replaced, at any depth (WH-08).
 * The raw body keeps what was there.
 */
export function storable<T>(value: T, depth = 0): T {
  if (typeof value === 'string') return clean(value) as T;
  if (value === null || typeof value !== 'object') return value;
  if (depth > DEPTH_MAX) return null as T;
  if (Array.isArray(value)) return value.map((entry: unknown) => storable(entry, depth + 1)) as T;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [clean(key), storable(entry, depth + 1)])) as T;
}

const clean = (text: string): string => (text.includes('\0') ? text.replaceAll('\0', '') : text).toWellFormed();
