import { accountErrors, type Account, type ChangeAccount } from '@whatpro/sdk/contract';
import { recordAudit } from '#modules/audit';
import { type AccountContext, AppError } from '#platform/trpc';
import { requireAccount, toAccount } from './account.ts';

/** What is not given stays as it is. */
export function changeAccount(context: AccountContext, input: ChangeAccount): Promise<Account> {
  return context.database.run(async (database) => {
    const before = await requireAccount(database);
    const { name, locale, timeZone } = input;
    const [row] = await database.account.updateManyAndReturn({
      where: { id: context.account.id },
      data: {
        ...(name === undefined ? {} : { name }),
        ...(locale === undefined ? {} : { locale }),
        ...(timeZone === undefined ? {} : { timeZone }),
      },
    });
    if (row === undefined) throw new AppError(accountErrors['not-found']);
    const after = toAccount(row);
    await recordAudit(database, context, {
      action: 'account.changed',
      subjectType: 'account',
      subjectId: context.account.id,
      before,
      after,
    });
    return after;
  });
}
