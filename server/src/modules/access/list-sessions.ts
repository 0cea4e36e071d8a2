import { meSchema, type Me, type Session } from '@whatpro/sdk/contract';
import { accessErrors } from '@whatpro/sdk/contract';
import { AppError, type UserActor } from '#platform/trpc';
import type { AccessContext } from './access-context.ts';
import { toUser } from './open-session.ts';

export async function listSessions(context: AccessContext, actor: UserActor): Promise<Session[]> {
  const now = context.clock.now();
  const rows = await context.database.system.run((tables) =>
    tables.session.findMany({
      where: { userId: actor.userId, idleExpiresAt: { gt: now }, absExpiresAt: { gt: now } },
      orderBy: [{ refreshedAt: 'desc' }, { id: 'desc' }],
    }),
  );
  return rows.map(({ id, createdAt, refreshedAt, idleExpiresAt, ip, userAgent }) => ({
    id,
    current: id === actor.sessionId,
    createdAt: createdAt.toISOString(),
    refreshedAt: refreshedAt.toISOString(),
    expiresAt: idleExpiresAt.toISOString(),
    ip,
    userAgent,
  }));
}

export async function describeMe(context: AccessContext, actor: UserActor): Promise<Me> {
  const [user, accounts] = await Promise.all([
    context.database.system.run((tables) => tables.hubUser.findUnique({ where: { id: actor.userId } })),
    context.database.system.lookUp('accounts_of_user', [actor.userId], (row) => ({
      id: row['account_id'],
      name: row['name'],
      status: row['status'],
      role: row['role'],
    })),
  ]);
  if (user === null) throw new AppError(accessErrors.unauthenticated);
  return meSchema.parse({ user: toUser(user), accounts });
}
