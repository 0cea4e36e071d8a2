import { settingsErrors } from '@whatpro/sdk/contract';
import { recordAudit } from '#modules/audit';
import { AppError } from '#platform/trpc';
import { toOrigin } from './origin.ts';
import type { SettingsContext } from './tools.ts';

export async function removeOrigin(context: SettingsContext, { id }: { readonly id: string }): Promise<void> {
  await context.database.run(async (database) => {
    const before = await database.accountOrigin.findFirst({ where: { id } });
    const { count } = await database.accountOrigin.deleteMany({ where: { id } });
    if (before === null || count === 0) throw new AppError(settingsErrors['origin-not-found']);
    await recordAudit(database, context, { action: 'origin.removed', subjectType: 'origin', subjectId: id, before: toOrigin(before) });
  });
  context.tools.originsChanged();
}
