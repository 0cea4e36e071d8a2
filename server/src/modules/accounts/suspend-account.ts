import { accountErrors, type Account } from '@whatpro/sdk/contract';
import { recordAudit } from '#modules/audit';
import type { Database } from '#platform/database';
import { type Actor, AppError, type RequestFacts } from '#platform/trpc';
import { requireAccount, toAccount } from './account.ts';

interface Suspension {
  readonly accountId: string;
  readonly status: Account['status'];
}

/** Suspends or resumes. Doing it twice is the same as once, and recorded once. */
export function suspendAccount(
  database: Pick<Database, 'withAccount'>,
  caller: { readonly actor: Actor; readonly request: RequestFacts },
  { accountId, status }: Suspension,
): Promise<Account> {
  return database.withAccount(accountId, async (transaction) => {
    const before = await requireAccount(transaction);
    if (before.status === status) return before;
    const [row] = await transaction.account.updateManyAndReturn({ where: { id: accountId, status: before.status }, data: { status } });
    if (row === undefined) throw new AppError(accountErrors['not-found']);
    const action = status === 'suspended' ? 'account.suspended' : 'account.resumed';
    await recordAudit(transaction, caller, {
      action,
      subjectType: 'account',
      subjectId: accountId,
      before: { status: before.status },
      after: { status },
    });
    return toAccount(row);
  });
}
