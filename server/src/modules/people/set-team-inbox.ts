import { chatwootErrors } from '@whatpro/sdk/contract';
import { recordAudit } from '#modules/audit';
import { type AccountContext, AppError, reaches } from '#platform/trpc';
import { lockAccount } from './people-context.ts';
import { requireTeam } from './team.repository.ts';

interface Place {
  readonly id: string;
  readonly inboxId: string;
  readonly inTeam: boolean;
}

/** Gives an inbox to a team or takes it back. With a team it is that team's alone; without any it is everybody's. */
export function setTeamInbox(context: AccountContext, { id, inboxId, inTeam }: Place): Promise<void> {
  return context.database.run(async (database) => {
    await lockAccount(database);
    await requireTeam(database, id);
    const inbox = reaches(context.reach.inboxes, inboxId)
      ? await database.inbox.findFirst({ where: { id: inboxId }, select: { id: true } })
      : null;
    if (inbox === null) throw new AppError(chatwootErrors['inbox-not-found']);
    const row = { teamId: id, inboxId };
    const { count } = inTeam
      ? await database.teamInbox.createMany({ data: row, skipDuplicates: true })
      : await database.teamInbox.deleteMany({ where: row });
    if (count === 0) return;
    await recordAudit(database, context, {
      action: inTeam ? 'team.inbox-added' : 'team.inbox-removed',
      subjectType: 'team',
      subjectId: id,
      ...(inTeam ? { after: { inboxId } } : { before: { inboxId } }),
    });
  });
}
