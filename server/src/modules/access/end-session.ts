import { accessErrors } from '@whatpro/sdk/contract';
import { AppError, type RequestFacts, type UserActor } from '#platform/trpc';
import { type AccessContext, recordAccess, sessionKeyAt } from './access-context.ts';
import { isGenuine, readRefreshToken } from './refresh-token.ts';

/** Ends the session a refresh token belongs to, also an old one of it. Says nothing about tokens that are not real. */
export async function signOut(context: AccessContext, presented: string | undefined, facts: RequestFacts): Promise<void> {
  const token = presented === undefined ? null : readRefreshToken(presented);
  if (token === null) return;
  await context.database.system.run(async (tables) => {
    const session = await tables.session.findUnique({ where: { id: token.sessionId } });
    if (session === null || !isGenuine(context.keyRing.open(sessionKeyAt(session.id), session.hmacKey), token)) return;
    await tables.session.deleteMany({ where: { id: session.id } });
    await recordAccess(tables, facts, { action: 'access.signed-out', userId: session.userId });
  });
  context.sessions.drop(token.sessionId);
}

/** Ends one session of the user's own. */
export async function revokeSession(context: AccessContext, actor: UserActor, sessionId: string, facts: RequestFacts): Promise<void> {
  await context.database.system.run(async (tables) => {
    const { count } = await tables.session.deleteMany({ where: { id: sessionId, userId: actor.userId } });
    if (count === 0) throw new AppError(accessErrors['session-not-found']);
    await recordAccess(tables, facts, { action: 'access.session-revoked', userId: actor.userId, name: actor.name, detail: { sessionId } });
  });
  context.sessions.drop(sessionId);
}
