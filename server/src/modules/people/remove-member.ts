import { grantKey } from '#modules/access';
import { recordAudit } from '#modules/audit';
import { requireAnAdmin, requireMember, toMember } from './member.repository.ts';
import { lockAccount, type PeopleContext } from './people-context.ts';

/** Takes somebody out of the account and its teams. The person, and what they did, stay. */
export async function removeMember(context: PeopleContext, { id }: { readonly id: string }): Promise<void> {
  const { userId } = await context.database.run(async (database) => {
    await lockAccount(database);
    const before = toMember(await requireMember(database, id));
    await database.member.deleteMany({ where: { id } });
    if (before.role === 'admin') await requireAnAdmin(database);
    await recordAudit(database, context, { action: 'member.removed', subjectType: 'member', subjectId: id, before });
    return before;
  });
  context.tools.access.grants.drop(grantKey(userId, context.account.id));
}
