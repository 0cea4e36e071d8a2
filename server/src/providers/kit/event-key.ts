import { createHash } from 'node:crypto';

const PART_MAX = 100;
const KEY_MAX = 200;
const DEPTH_MAX = 64;

/**
 * Joins what makes a fact this fact. Parts that are long or hold anything but printable ASCII are replaced by their hash,
 * so the key never passes 200 characters, never breaks a database, and a `|` inside a part cannot imitate a boundary.
 */
export function eventKey(kind: string, ...parts: readonly (string | null | undefined)[]): string {
  const safe = parts.map((part) => safePart(part ?? ''));
  const key = [safePart(kind), ...safe].join('|');
  return key.length <= KEY_MAX ? key : `${safePart(kind)}|${shortHash(key)}`;
}

/** One part of a key for several ids: the same for any order and repetition. */
export const idsPart = (ids: readonly string[]): string => [...new Set(ids)].toSorted().join(',');

/** A hash of a whole body, the same for any order of its keys: the key's last part when nothing else names the fact. */
export function bodyHash(body: unknown): string {
  return shortHash(JSON.stringify(canonical(body, 0)) ?? 'undefined');
}

const safePart = (part: string): string => (/^[\x21-\x7b\x7d\x7e]*$/.test(part) && part.length <= PART_MAX ? part : shortHash(part));

const shortHash = (text: string): string => `#${createHash('sha256').update(text).digest('hex').slice(0, 40)}`;

function canonical(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= DEPTH_MAX) return '…';
  if (Array.isArray(value)) return value.map((item) => canonical(item, depth + 1));
  // Pairs instead of an object: an object would sort digits first and lose `__proto__`.
  return Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, item]) => [name, canonical(item, depth + 1)]);
}
