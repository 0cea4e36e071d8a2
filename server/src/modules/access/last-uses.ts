import type { KeyActor } from '#platform/trpc';
import type { AccessContext } from './access-context.ts';

const EVERY_MS = 60_000;
const MAX_KEYS = 10_000;

/** Notes when a key was last used: at most once a minute, and outside the request, which neither waits for it nor fails with it (AK-04). */
export function createLastUses({ database, clock }: Pick<AccessContext, 'database' | 'clock'>): (actor: KeyActor) => void {
  const notedAt = new Map<string, number>();
  return ({ apiKeyId, accountId }) => {
    const now = clock.monotonicMs();
    const before = notedAt.get(apiKeyId);
    if (before !== undefined && now - before < EVERY_MS) return;
    notedAt.delete(apiKeyId);
    const oldest = notedAt.keys().next();
    if (notedAt.size >= MAX_KEYS && !oldest.done) notedAt.delete(oldest.value);
    notedAt.set(apiKeyId, now);
    const at = clock.now();
    const stale = { OR: [{ lastUsedAt: null }, { lastUsedAt: { lte: new Date(at.getTime() - EVERY_MS) } }] };
    database
      .withAccount(accountId, (transaction) =>
        transaction.apiKey.updateMany({ where: { id: apiKeyId, ...stale }, data: { lastUsedAt: at } }),
      )
      // Losing it is allowed; the next minute brings another.
      .catch(() => undefined);
  };
}
