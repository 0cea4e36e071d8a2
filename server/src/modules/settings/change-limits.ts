import { accountErrors } from '@whatpro/sdk/contract';
import type { ChangeLimits, Limit } from '@whatpro/sdk/contract';
import { recordAudit } from '#modules/audit';
import type { Database } from '#platform/database';
import { AppError } from '#platform/trpc';
import { readLimits } from './require-room.ts';
import type { OperatorCaller } from './tools.ts';

/** A limit below what is there removes nothing: it only lets nothing be added. */
export function changeLimits(database: Pick<Database, 'withAccount'>, caller: OperatorCaller, input: ChangeLimits): Promise<Limit[]> {
  const { accountId } = input;
  return database.withAccount(accountId, async (transaction) => {
    if ((await transaction.account.findFirst({ select: { id: true } })) === null) throw new AppError(accountErrors['not-found']);
    const before = await readLimits(transaction);
    for (const [name, value] of Object.entries(input.limits)) {
      if (value === undefined) continue;
      if (value === null) await transaction.accountLimit.deleteMany({ where: { name } });
      else
        await transaction.accountLimit.upsert({
          where: { accountId_name: { accountId, name } },
          create: { accountId, name, value },
          update: { value },
        });
    }
    const after = await readLimits(transaction);
    await recordAudit(transaction, caller, {
      action: 'limits.changed',
      subjectType: 'account',
      subjectId: accountId,
      before: byName(before),
      after: byName(after),
    });
    return after;
  });
}

const byName = (limits: readonly Limit[]): Record<string, number> => Object.fromEntries(limits.map(({ name, max }) => [name, max]));
