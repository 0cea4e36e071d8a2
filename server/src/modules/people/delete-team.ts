import { recordAudit } from '#modules/audit';
import type { AccountContext } from '#platform/trpc';
import { lockAccount } from './people-context.ts';
import { requireTeam, toTeam } from './team.repository.ts';

/** Its members stay in the account. Its inboxes that no other team has are everybody's from now on. */
export function deleteTeam(context: AccountContext, { id }: { readonly id: string }): Promise<void> {
  return context.database.run(async (database) => {
    await lockAccount(database);
    const before = toTeam(await requireTeam(database, id));
    const inboxes = await database.teamInbox.findMany({ where: { teamId: id }, select: { inboxId: true } });
    await database.team.deleteMany({ where: { id } });
    await recordAudit(database, context, {
      action: 'team.deleted',
      subjectType: 'team',
      subjectId: id,
      before: { ...before, inboxIds: inboxes.map(({ inboxId }) => inboxId) },
    });
  });
}
