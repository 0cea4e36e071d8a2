import { accountErrors } from '@whatpro/sdk/contract';
import type { ChangeFeatures, Feature } from '@whatpro/sdk/contract';
import { recordAudit } from '#modules/audit';
import type { Database } from '#platform/database';
import { AppError } from '#platform/trpc';
import { readFeatures } from './features.ts';
import type { OperatorCaller } from './tools.ts';

export function changeFeatures(database: Pick<Database, 'withAccount'>, caller: OperatorCaller, input: ChangeFeatures): Promise<Feature[]> {
  const { accountId } = input;
  return database.withAccount(accountId, async (transaction) => {
    if ((await transaction.account.findFirst({ select: { id: true } })) === null) throw new AppError(accountErrors['not-found']);
    const before = await readFeatures(transaction);
    for (const [name, enabled] of Object.entries(input.features)) {
      if (enabled === undefined) continue;
      if (enabled === null) await transaction.accountFeature.deleteMany({ where: { name } });
      else
        await transaction.accountFeature.upsert({
          where: { accountId_name: { accountId, name } },
          create: { accountId, name, enabled },
          update: { enabled },
        });
    }
    const after = await readFeatures(transaction);
    await recordAudit(transaction, caller, {
      action: 'features.changed',
      subjectType: 'account',
      subjectId: accountId,
      before: { on: namesOn(before) },
      after: { on: namesOn(after) },
    });
    return after;
  });
}

const namesOn = (features: readonly Feature[]): string[] => features.flatMap(({ name, enabled }) => (enabled ? [name] : []));
