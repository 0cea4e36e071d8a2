import { newId } from '#platform/ids';
import type { SignedIn, User } from '@whatpro/sdk/contract';
import { randomToken, Secret } from '#platform/crypto';
import type { SystemDatabase } from '#platform/database';
import type { RequestFacts } from '#platform/trpc';
import { type AccessContext, SESSION_IDLE_MS, SESSION_LONGEST_MS, SESSIONS_PER_USER, sessionKeyAt } from './access-context.ts';
import { signAccessToken } from './access-token.ts';
import { writeRefreshToken } from './refresh-token.ts';

/** What a sign-in or a refresh gives. The refresh token goes into the cookie and nowhere else. */
export interface OpenedSession {
  readonly answer: SignedIn;
  readonly refreshToken: Secret;
  readonly refreshExpiresAt: Date;
}

export interface SessionGrant {
  readonly sessionId: string;
  readonly refreshToken: Secret;
  readonly refreshExpiresAt: Date;
}

interface UserRow {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly operator: boolean;
  readonly mustChangePassword: boolean;
}

export const toUser = ({ id, email, name, operator, mustChangePassword }: UserRow): User => ({
  id,
  email,
  name,
  operator,
  mustChangePassword,
});

/** A new session in the caller's transaction; the user's oldest ones beyond the limit end. */
export async function openSession(
  context: AccessContext,
  tables: SystemDatabase,
  userId: string,
  facts: RequestFacts,
): Promise<SessionGrant> {
  const sessionId = newId();
  const now = context.clock.now();
  const key = new Secret(randomToken());
  const refreshExpiresAt = new Date(now.getTime() + SESSION_IDLE_MS);
  await tables.session.create({
    data: {
      id: sessionId,
      userId,
      createdAt: now,
      refreshedAt: now,
      idleExpiresAt: refreshExpiresAt,
      absExpiresAt: new Date(now.getTime() + SESSION_LONGEST_MS),
      counter: 0,
      hmacKey: context.keyRing.seal(sessionKeyAt(sessionId), key),
      ip: facts.ip,
      userAgent: facts.userAgent,
    },
    select: { id: true },
  });
  const tooMany = await tables.session.findMany({
    where: { userId },
    orderBy: [{ refreshedAt: 'desc' }, { id: 'desc' }],
    skip: SESSIONS_PER_USER,
    select: { id: true },
  });
  if (tooMany.length > 0) await tables.session.deleteMany({ where: { id: { in: tooMany.map(({ id }) => id) } } });
  return { sessionId, refreshToken: new Secret(writeRefreshToken(key, sessionId, 0)), refreshExpiresAt };
}

export async function answerOf(context: AccessContext, user: User, grant: SessionGrant): Promise<OpenedSession> {
  const key = await context.signingKeys.current();
  const { token, expiresAt } = await signAccessToken(
    key,
    { userId: user.id, sessionId: grant.sessionId },
    { issuer: context.issuer, now: context.clock.now() },
  );
  return {
    answer: { accessToken: token, expiresAt: expiresAt.toISOString(), user },
    refreshToken: grant.refreshToken,
    refreshExpiresAt: grant.refreshExpiresAt,
  };
}
