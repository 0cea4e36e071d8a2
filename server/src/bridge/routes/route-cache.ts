/** A change made in another process is seen after this time at the latest. */
const TTL_MS = 5_000;
const ENTRIES_MAX = 5_000;

export interface AccountCache<Value> {
  /** What is known, or what `load` gives; one load at a time for each key. */
  get(accountId: string, key: string, load: () => Promise<Value>): Promise<Value>;
  forget(accountId: string): void;
}

interface Entry<Value> {
  readonly accountId: string;
  readonly value: Promise<Value>;
  readonly expiresMs: number;
}

/** A small cache whose keys carry the account and whose entries say whose they are: an account never gets another's (TI-09). */
export function createAccountCache<Value>(monotonicMs: () => number): AccountCache<Value> {
  const entries = new Map<string, Entry<Value>>();
  return {
    async get(accountId, key, load) {
      const place = `${accountId}/${key}`;
      const known = entries.get(place);
      if (known && known.expiresMs > monotonicMs() && known.accountId === accountId) return known.value;
      if (entries.size >= ENTRIES_MAX) entries.clear();
      const value = load();
      entries.set(place, { accountId, value, expiresMs: monotonicMs() + TTL_MS });
      value.catch(() => entries.delete(place));
      return value;
    },
    forget(accountId) {
      for (const [place, entry] of entries) if (entry.accountId === accountId) entries.delete(place);
    },
  };
}
