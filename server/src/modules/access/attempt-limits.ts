import { isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { Clock } from '#platform/clock';

export interface Allowance {
  readonly attempts: number;
  readonly windowMs: number;
  /** After `attempts`, each further one is allowed after a wait that doubles; never a lock. Absent: none until the window ends. */
  readonly growingWait?: { readonly firstMs: number; readonly longestMs: number };
}

export type Verdict = { readonly allowed: true } | { readonly allowed: false; readonly retryAfterSeconds: number };

/** Counts attempts, one at a time per key: a hundred at once are not each "the first". */
export interface AttemptStore {
  take(key: string, allowance: Allowance): Promise<Verdict>;
  /** One attempt was not one after all, such as a sign-in that succeeded. */
  giveBack(key: string): Promise<void>;
  forget(key: string): Promise<void>;
}

interface Count {
  taken: number;
  windowEnds: number;
  nextAllowed: number;
}

/** For one process. With several, each has its own counts, so the limit is that many times higher. */
export function createMemoryAttemptStore(clock: Clock, maxKeys = 50_000): AttemptStore {
  const counts = new Map<string, Count>();
  const countOf = (key: string, now: number, windowMs: number): Count => {
    const known = counts.get(key);
    if (known !== undefined && now < known.windowEnds) return known;
    const oldest = counts.keys().next();
    if (known === undefined && counts.size >= maxKeys && !oldest.done) counts.delete(oldest.value);
    const count = { taken: 0, windowEnds: now + windowMs, nextAllowed: 0 };
    counts.set(key, count);
    return count;
  };
  return {
    async take(key, { attempts, windowMs, growingWait }) {
      const now = clock.monotonicMs();
      const count = countOf(key, now, windowMs);
      const blockedUntil = count.taken < attempts ? 0 : growingWait === undefined ? count.windowEnds : count.nextAllowed;
      if (now < blockedUntil) return { allowed: false, retryAfterSeconds: Math.max(1, Math.ceil((blockedUntil - now) / 1_000)) };
      count.taken += 1;
      if (growingWait !== undefined && count.taken >= attempts) {
        const waitMs = Math.min(growingWait.firstMs * 2 ** (count.taken - attempts), growingWait.longestMs);
        count.nextAllowed = now + waitMs;
        count.windowEnds = Math.max(count.windowEnds, now + windowMs);
      }
      return { allowed: true };
    },
    async giveBack(key) {
      const count = counts.get(key);
      if (count !== undefined && count.taken > 0) count.taken -= 1;
    },
    async forget(key) {
      counts.delete(key);
    },
  };
}

/** The network an address stands for: itself, or its /56, which one IPv6 customer has whole. */
export function networkOf(ip: string): string {
  if (!isIPv6(ip)) return ip;
  const address = ipaddr.IPv6.parse(ip.replace(/%.*$/, ''));
  if (address.isIPv4MappedAddress()) return address.toIPv4Address().toString();
  return `${Buffer.from(address.toByteArray().slice(0, 7)).toString('hex')}/56`;
}
