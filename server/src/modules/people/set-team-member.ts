import { recordAudit } from '#modules/audit';
import type { AccountContext } from '#platform/trpc';
import { requireMember } from './member.repository.ts';
import { lockAccount } from './people-context.ts';
import { requireTeam } from './team.repository.ts';

interface Place {
  readonly id: string;
  readonly memberId: string;
  readonly inTeam: boolean;
}

/** Puts a member into a team or takes them out. Doing it twice is the same as once, and recorded once. */
export function setTeamMember(context: AccountContext, { id, memberId, inTeam }: Place): Promise<void> {
  return context.database.run(async (database) => {
    await lockAccount(database);
    await requireTeam(database, id);
    await requireMember(database, memberId);
    const row = { teamId: id, memberId };
    const { count } = inTeam
      ? await database.teamMember.createMany({ data: row, skipDuplicates: true })
      : await database.teamMember.deleteMany({ where: row });
    if (count === 0) return;
    await recordAudit(database, context, {
      action: inTeam ? 'team.member-added' : 'team.member-removed',
      subjectType: 'team',
      subjectId: id,
      ...(inTeam ? { after: { memberId } } : { before: { memberId } }),
    });
  });
}
