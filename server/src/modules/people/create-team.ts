import type { Team } from '@whatpro/sdk/contract';
import { recordAudit } from '#modules/audit';
import { requireFeature, requireRoom } from '#modules/settings';
import type { AccountContext } from '#platform/trpc';
import { lockAccount } from './people-context.ts';
import { requireFreeName, toTeam } from './team.repository.ts';

export function createTeam(context: AccountContext, { name }: { readonly name: string }): Promise<Team> {
  return context.database.run(async (database) => {
    await lockAccount(database);
    await requireFeature(database, 'teams');
    await requireFreeName(database, name);
    await requireRoom(database, 'teams');
    const team = toTeam(await database.team.create({ data: { name } }));
    await recordAudit(database, context, { action: 'team.created', subjectType: 'team', subjectId: team.id, after: team });
    return team;
  });
}
