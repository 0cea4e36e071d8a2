import type { Clock } from '#platform/clock';

interface Options {
  readonly clock: Clock;
  readonly maxAgeMs: number;
  readonly maxEntries: number;
}

/** Answers that may be a little old. Many asking at once ask once; failures and nulls are not kept. */
export interface FreshCache<T> {
  get(key: string, load: () => Promise<T | null>): Promise<T | null>;
  drop(key: string): void;
}

export function createFreshCache<T>({ clock, maxAgeMs, maxEntries }: Options): FreshCache<T> {
  const entries = new Map<string, { readonly loadedAt: number; readonly value: Promise<T | null> }>();
  return {
    async get(key, load) {
      const known = entries.get(key);
      if (known !== undefined && clock.monotonicMs() - known.loadedAt < maxAgeMs) return known.value;
      const entry = { loadedAt: clock.monotonicMs(), value: load() };
      entries.delete(key);
      const oldest = entries.keys().next();
      if (entries.size >= maxEntries && !oldest.done) entries.delete(oldest.value);
      entries.set(key, entry);
      let kept = false;
      try {
        const value = await entry.value;
        kept = value !== null;
        return value;
      } finally {
        if (!kept && entries.get(key) === entry) entries.delete(key);
      }
    },
    drop(key) {
      entries.delete(key);
    },
  };
}
