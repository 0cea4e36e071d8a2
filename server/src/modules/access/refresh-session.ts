import { accessErrors, type User } from '@whatpro/sdk/contract';
import { Secret } from '#platform/crypto';
import type { SystemDatabase } from '#platform/database';
import { AppError, type RequestFacts } from '#platform/trpc';
import { type AccessContext, recordAccess, SESSION_IDLE_MS, sessionKeyAt } from './access-context.ts';
import { answerOf, type OpenedSession, type SessionGrant, toUser } from './open-session.ts';
import { isGenuine, readRefreshToken, type RefreshToken, writeRefreshToken } from './refresh-token.ts';

/** Two tabs, or an answer lost on its way, present the token before the current one; nobody honest does so later than this. */
const GRACE_MS = 10_000;

/**
 * A new access token, and the session's current refresh token. A token that was already replaced means that two parties
 * hold the session: it is deleted, not marked, so that nothing of it works any more (SECURITY.md IAM-07, IAM-08).
 */
export async function refreshSession(context: AccessContext, presented: string, facts: RequestFacts): Promise<OpenedSession> {
  const token = readRefreshToken(presented);
  if (token === null) throw new AppError(accessErrors['session-ended']);
  const granted = await context.database.system.run((tables) => claim(context, tables, token, facts));
  if (granted === null) {
    context.sessions.drop(token.sessionId);
    throw new AppError(accessErrors['session-ended']);
  }
  return answerOf(context, granted.user, granted.grant);
}

async function claim(
  context: AccessContext,
  tables: SystemDatabase,
  token: RefreshToken,
  facts: RequestFacts,
): Promise<{ user: User; grant: SessionGrant } | null> {
  const id = token.sessionId;
  // Prisma has no FOR UPDATE; a write that changes nothing takes the same row lock, and gives the row as it is under the lock.
  const [session] = await tables.session.updateManyAndReturn({ where: { id }, data: { counter: { increment: 0 } } });
  if (session === undefined) return null;
  const key = context.keyRing.open(sessionKeyAt(id), session.hmacKey);
  if (!isGenuine(key, token)) return null;

  const now = context.clock.now();
  const user = await tables.hubUser.findUnique({ where: { id: session.userId } });
  if (user === null || user.disabledAt !== null || now >= session.idleExpiresAt || now >= session.absExpiresAt) {
    await tables.session.deleteMany({ where: { id } });
    return null;
  }
  const behind = session.counter - token.counter;
  const grantOf = (counter: number, refreshExpiresAt: Date): { user: User; grant: SessionGrant } => ({
    user: toUser(user),
    grant: { sessionId: id, refreshToken: new Secret(writeRefreshToken(key, id, counter)), refreshExpiresAt },
  });
  if (behind === 1 && now.getTime() - session.refreshedAt.getTime() <= GRACE_MS) return grantOf(session.counter, session.idleExpiresAt);
  if (behind !== 0) {
    await tables.session.deleteMany({ where: { id } });
    await recordAccess(tables, facts, {
      action: 'access.refresh-token-reused',
      userId: user.id,
      name: user.name,
      detail: { sessionId: id, behind },
    });
    return null;
  }
  const idleExpiresAt = new Date(Math.min(now.getTime() + SESSION_IDLE_MS, session.absExpiresAt.getTime()));
  const counter = session.counter + 1;
  await tables.session.updateMany({
    where: { id },
    data: { counter, refreshedAt: now, idleExpiresAt, ip: facts.ip, userAgent: facts.userAgent },
  });
  return grantOf(counter, idleExpiresAt);
}
