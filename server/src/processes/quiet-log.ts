import type { Logger } from '#platform/logging';

const ONCE_EVERY_MS = 5_000;

/** An outage repeats the same error many times a second: one line each five seconds says it, and how often it came. */
export function quietLog(log: Logger, event: string): (where: string, error: unknown) => void {
  const last = new Map<string, { readonly atMs: number; hidden: number }>();
  return (where, error) => {
    const now = performance.now();
    const known = last.get(where);
    if (known && now - known.atMs < ONCE_EVERY_MS) {
      known.hidden += 1;
      return;
    }
    last.set(where, { atMs: now, hidden: 0 });
    log.warn(event, { where, err: error, repeated: known?.hidden ?? 0 });
  };
}
