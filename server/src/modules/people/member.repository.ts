import { type Member, memberSchema, peopleErrors } from '@whatpro/sdk/contract';
import type { AccountDatabase } from '#platform/database';
import { AppError } from '#platform/trpc';
import { pageOfRows, type PageInput } from './page-of-rows.ts';

type MemberRow = Awaited<ReturnType<typeof requireMember>>;

const withUser = { user: { select: { name: true, email: true } } } as const;

export async function requireMember(database: AccountDatabase, id: string) {
  const row = await database.member.findFirst({ where: { id }, include: withUser });
  if (row === null) throw new AppError(peopleErrors['member-not-found']);
  return row;
}

/** In the order they came. */
export async function listMembers(database: AccountDatabase, { cursor, limit }: PageInput, teamId?: string) {
  const rows = await database.member.findMany({
    where: { ...(cursor === undefined ? {} : { id: { gt: cursor } }), ...(teamId === undefined ? {} : { teams: { some: { teamId } } }) },
    include: withUser,
    orderBy: { id: 'asc' },
    take: limit + 1,
  });
  return pageOfRows(rows, limit, toMember);
}

/** Throws when the account has nobody left who could manage it. Ask after the change, under the lock. */
export async function requireAnAdmin(database: AccountDatabase): Promise<void> {
  const admins = await database.member.count({ where: { role: 'admin', disabledAt: null, user: { disabledAt: null } } });
  if (admins === 0) throw new AppError(peopleErrors['last-admin']);
}

export function toMember({ id, userId, user, role, disabledAt, createdAt }: MemberRow): Member {
  return memberSchema.parse({
    id,
    userId,
    name: user.name,
    email: user.email,
    role,
    disabledAt: disabledAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
  });
}
