import { createHash } from 'node:crypto';

const DEEPEST = 32;

/** The same for the same value whatever the order of its keys. Below 32 levels everything counts as the same. */
export function fingerprint(value: unknown): string {
  const hash = createHash('sha256');
  const add = (part: unknown, depth: number): void => {
    if (depth > DEEPEST) {
      hash.update('…');
    } else if (Array.isArray(part)) {
      hash.update('[');
      for (const item of part) add(item, depth + 1);
      hash.update(']');
    } else if (typeof part === 'object' && part !== null) {
      hash.update('{');
      for (const [key, item] of Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) {
        hash.update(`${JSON.stringify(key)}:`);
        add(item, depth + 1);
      }
      hash.update('}');
    } else {
      hash.update(`${JSON.stringify(part) ?? 'undefined'},`);
    }
  };
  add(value, 0);
  return hash.digest('hex').slice(0, 40);
}

/** At most 200 characters, whatever the sender wrote. */
export function webhookKey(event: string, ...parts: readonly (string | number)[]): string {
  return [event.slice(0, 60), ...parts].join('|').slice(0, 200);
}
