import type { Permission } from '@whatpro/sdk/contract';
import { recordAudit } from '#modules/audit';
import type { Principal, RequestFacts } from '#platform/trpc';
import type { AccessContext } from './access-context.ts';

const EVERY_MS = 60_000;
const MAX_REMEMBERED = 10_000;

/** An instance token that asks for more than its scope leaves an entry, one per permission and minute, so that it cannot flood the record. */
export function createRefusals({ database, clock }: Pick<AccessContext, 'database' | 'clock'>) {
  const recorded = new Map<string, number>();
  return async (actor: Principal, accountId: string, permission: Permission, request: RequestFacts): Promise<void> => {
    if (actor.kind !== 'instance-token') return;
    const mark = `${actor.tokenId} ${permission}`;
    const now = clock.monotonicMs();
    const before = recorded.get(mark);
    if (before !== undefined && now - before < EVERY_MS) return;
    recorded.delete(mark);
    const oldest = recorded.keys().next();
    if (recorded.size >= MAX_REMEMBERED && !oldest.done) recorded.delete(oldest.value);
    recorded.set(mark, now);
    await database.withAccount(accountId, (transaction) =>
      recordAudit(
        transaction,
        { actor, request },
        { action: 'instance-token.refused', subjectType: 'instance-token', subjectId: actor.tokenId, after: { permission } },
      ),
    );
  };
}
