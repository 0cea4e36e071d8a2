import type { UserActor } from '#platform/trpc';
import type { AccessContext } from './access-context.ts';
import { verifyAccessToken } from './access-token.ts';

/**
 * Who a request speaks for, from its `Authorization` header. Null without a token, and for every token that is not good.
 * The session is looked at too, so one that ended stops working within five seconds.
 */
export async function authenticate(context: AccessContext, authorization: string | undefined): Promise<UserActor | null> {
  const token = authorization?.match(/^Bearer ([\w.~+/-]+=*)$/i)?.[1];
  if (token === undefined) return null;
  const claims = await verifyAccessToken(token, { issuer: context.issuer, now: context.clock.now(), findKey: context.signingKeys.find });
  if (claims === null) return null;
  const actor = await context.sessions.get(claims.sessionId, () => actorOf(context, claims.sessionId));
  return actor !== null && actor.userId === claims.userId ? actor : null;
}

async function actorOf(context: AccessContext, sessionId: string): Promise<UserActor | null> {
  const session = await context.database.system.run((tables) =>
    tables.session.findUnique({ where: { id: sessionId }, include: { user: true } }),
  );
  const now = context.clock.now();
  if (session === null || session.user.disabledAt !== null || now >= session.absExpiresAt || now >= session.idleExpiresAt) return null;
  return { kind: 'user', userId: session.userId, sessionId, operator: session.user.operator, name: session.user.name };
}
