import { createHash, timingSafeEqual } from 'node:crypto';
import type { Secret } from '#platform/crypto';

const DEPTH_MAX = 64;
const MASK = '[secret]';
// Shorter values would tear ordinary words and numbers out of the text around them.
const SHORTEST_SECRET = 8;

/**
 * A copy without the named properties (any letter case, any depth), and without their values wherever else they are written.
 * What lies deeper than 64 levels is left out.
 */
export function withoutProperties(body: unknown, names: readonly string[]): unknown {
  const dropped = new Set(names.map((name) => name.toLowerCase()));
  const values = new Set<string>();
  collect(body, dropped, values, 0);
  return copy(body, dropped, [...values], 0);
}

/** Replaces each secret in a text: for what a gateway wrote, before it goes into a failure. */
export const withoutValues = (text: string, secrets: readonly string[]): string =>
  secrets.reduce((rest, secret) => (secret.length === 0 ? rest : rest.replaceAll(secret, MASK)), text);

/** Constant-time compare of what a sender offered with what we know. */
export function sameSecret(offered: unknown, known: Secret): boolean {
  if (typeof offered !== 'string') return false;
  return timingSafeEqual(digest(offered), digest(known.expose()));
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

function collect(value: unknown, dropped: ReadonlySet<string>, into: Set<string>, depth: number): void {
  if (typeof value !== 'object' || value === null || depth >= DEPTH_MAX) return;
  for (const [name, item] of Object.entries(value)) {
    if (!dropped.has(name.toLowerCase())) collect(item, dropped, into, depth + 1);
    else if (typeof item === 'string' && item.length >= SHORTEST_SECRET) into.add(item);
  }
}

function copy(value: unknown, dropped: ReadonlySet<string>, secrets: readonly string[], depth: number): unknown {
  if (typeof value === 'string') return withoutValues(value, secrets);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= DEPTH_MAX) return null;
  if (Array.isArray(value)) return value.map((item) => copy(item, dropped, secrets, depth + 1));
  const kept = Object.entries(value)
    .filter(([name]) => !dropped.has(name.toLowerCase()))
    .map(([name, item]) => [withoutValues(name, secrets), copy(item, dropped, secrets, depth + 1)] as const);
  return Object.fromEntries(kept);
}
