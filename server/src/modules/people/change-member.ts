import { type ChangeMember, type Member, MEMBER_ROLES, peopleErrors } from '@whatpro/sdk/contract';
import { grantKey } from '#modules/access';
import { recordAudit } from '#modules/audit';
import { requireRoom } from '#modules/settings';
import { AppError } from '#platform/trpc';
import { requireAnAdmin, requireMember, toMember } from './member.repository.ts';
import { lockAccount, type PeopleContext, personOf, requireMayGive } from './people-context.ts';

/** Another role, or the account closed and opened to them. Their sessions stay: they may be members elsewhere. */
export async function changeMember(
  context: PeopleContext,
  { id, role, disabled }: ChangeMember & { readonly id: string },
): Promise<Member> {
  const { access } = context.tools;
  const member = await context.database.run(async (database) => {
    await lockAccount(database);
    const row = await requireMember(database, id);
    const before = toMember(row);
    const disabledAt = disabled === undefined ? row.disabledAt : disabled ? (row.disabledAt ?? access.clock.now()) : null;
    const after: Member = { ...before, role: role ?? before.role, disabledAt: disabledAt?.toISOString() ?? null };
    if (after.role === before.role && after.disabledAt === before.disabledAt) return before;

    if (raises(before, after)) {
      if (personOf(context.actor) === before.userId) throw new AppError(peopleErrors['own-role']);
      requireMayGive(context.permissions, after.role);
    }
    if (before.disabledAt !== null && after.disabledAt === null) await requireRoom(database, 'members');
    await database.member.updateMany({ where: { id }, data: { role: after.role, disabledAt } });
    if (before.role === 'admin') await requireAnAdmin(database);
    await recordAudit(database, context, {
      action: 'member.changed',
      subjectType: 'member',
      subjectId: id,
      before: { role: before.role, disabledAt: before.disabledAt },
      after: { role: after.role, disabledAt: after.disabledAt },
    });
    return after;
  });
  access.grants.drop(grantKey(member.userId, context.account.id));
  return member;
}

const rankOf = ({ role }: Member): number => MEMBER_ROLES.length - MEMBER_ROLES.indexOf(role);

const raises = (before: Member, after: Member): boolean =>
  rankOf(after) > rankOf(before) || (before.disabledAt !== null && after.disabledAt === null);
