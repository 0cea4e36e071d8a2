import type { Team } from '@whatpro/sdk/contract';
import { recordAudit } from '#modules/audit';
import type { AccountContext } from '#platform/trpc';
import { lockAccount } from './people-context.ts';
import { requireFreeName, requireTeam, toTeam } from './team.repository.ts';

export function renameTeam(context: AccountContext, { id, name }: { readonly id: string; readonly name: string }): Promise<Team> {
  return context.database.run(async (database) => {
    await lockAccount(database);
    const before = toTeam(await requireTeam(database, id));
    if (before.name === name) return before;
    await requireFreeName(database, name, id);
    await database.team.updateMany({ where: { id }, data: { name } });
    const after = { ...before, name };
    await recordAudit(database, context, { action: 'team.renamed', subjectType: 'team', subjectId: id, before, after });
    return after;
  });
}
