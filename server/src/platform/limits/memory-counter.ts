import type { Clock } from '#platform/clock';
import type { RateCounter } from './rate-counter.ts';

const MAX_KEYS = 100_000;

/** For one process. With several, each counts for itself. */
export function createMemoryCounter(clock: Clock, maxKeys = MAX_KEYS): RateCounter {
  const windows = new Map<string, { used: number; readonly endsMs: number }>();
  const windowOf = (key: string, now: number, lengthMs: number): { used: number; readonly endsMs: number } => {
    const known = windows.get(key);
    if (known !== undefined && now < known.endsMs) return known;
    // Deleted first, so that the map stays in the order of beginnings and the oldest is the first to go.
    windows.delete(key);
    const oldest = windows.keys().next();
    if (windows.size >= maxKeys && !oldest.done) windows.delete(oldest.value);
    const begun = { used: 0, endsMs: now + lengthMs };
    windows.set(key, begun);
    return begun;
  };
  return {
    async take(key, cost, { points, perSeconds }) {
      const now = clock.monotonicMs();
      const window = windowOf(key, now, perSeconds * 1_000);
      const ok = window.used + cost <= points;
      if (ok) window.used += cost;
      return { ok, remaining: Math.max(0, points - window.used), resetMs: Math.ceil(window.endsMs - now) };
    },
  };
}
