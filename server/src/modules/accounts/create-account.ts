import type { Account, CreateAccount } from '@whatpro/sdk/contract';
import { recordAudit } from '#modules/audit';
import type { Database } from '#platform/database';
import { newId } from '#platform/ids';
import type { Actor, RequestFacts } from '#platform/trpc';
import { toAccount } from './account.ts';

interface Caller {
  readonly actor: Actor;
  readonly request: RequestFacts;
}

/**
 * Whoever makes an account is its first admin. The id is made here: the row can only be inserted under a policy that already
 * names it.
 */
export async function createAccount(database: Pick<Database, 'withAccount'>, caller: Caller, input: CreateAccount): Promise<Account> {
  const id = newId();
  return database.withAccount(id, async (transaction) => {
    const { name, locale, timeZone } = input;
    const row = await transaction.account.create({
      data: { id, name, ...(locale === undefined ? {} : { locale }), ...(timeZone === undefined ? {} : { timeZone }) },
    });
    const account = toAccount(row);
    await recordAudit(transaction, caller, { action: 'account.created', subjectType: 'account', subjectId: id, after: account });
    if (caller.actor.kind === 'user') {
      const { id: memberId } = await transaction.member.create({
        data: { userId: caller.actor.userId, role: 'admin' },
        select: { id: true },
      });
      await recordAudit(transaction, caller, {
        action: 'member.added',
        subjectType: 'member',
        subjectId: memberId,
        after: { userId: caller.actor.userId, role: 'admin' },
      });
    }
    return account;
  });
}
