import { settingsErrors } from '@whatpro/sdk/contract';
import type { AddOrigin, Origin } from '@whatpro/sdk/contract';
import { recordAudit } from '#modules/audit';
import { AppError } from '#platform/trpc';
import { normalOrigin, toOrigin } from './origin.ts';
import { requireRoom } from './require-room.ts';
import type { SettingsContext } from './tools.ts';

export async function addOrigin(context: SettingsContext, input: AddOrigin): Promise<Origin> {
  const origin = normalOrigin(input.origin, { localAllowed: !context.tools.production });
  if (origin === null) throw new AppError(settingsErrors['origin-not-valid']);
  const added = await context.database.run(async (database) => {
    // Under the lock of the limit, so two that add the same origin come one after the other.
    await requireRoom(database, 'origins');
    if (await database.accountOrigin.findFirst({ where: { origin }, select: { id: true } }))
      throw new AppError(settingsErrors['origin-taken']);
    const made = toOrigin(await database.accountOrigin.create({ data: { accountId: context.account.id, origin } }));
    await recordAudit(database, context, { action: 'origin.added', subjectType: 'origin', subjectId: made.id, after: made });
    return made;
  });
  context.tools.originsChanged();
  return added;
}
