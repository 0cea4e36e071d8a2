import type { Principal, UserActor } from '#platform/trpc';
import type { AccessContext } from './access-context.ts';
import { ACCESS_TOKEN_TYPE, verifyAccessToken } from './access-token.ts';
import { API_KEY_PREFIX } from './api-key-format.ts';
import { INSTANCE_TOKEN_TYPE } from './instance-token.ts';
import { claimedType } from './strict-jwt.ts';

/** The headers of a request that say who it is, as they came. */
export interface Presented {
  readonly authorization?: string | undefined;
  /** `X-API-Key`. */
  readonly apiKey?: string | undefined;
  /** `Origin`, which browsers set and pages cannot. */
  readonly origin?: string | undefined;
  readonly ip: string;
}

/**
 * Who a request speaks for. Null without a credential, with two of them, and for every one that is not good. Sessions, keys
 * and instance tokens are told apart by how they look, and each is believed by its own function alone. What was revoked or
 * ended stops working within five seconds.
 */
export async function authenticate(context: AccessContext, presented: Presented): Promise<Principal | null> {
  const { authorization, apiKey, origin, ip } = presented;
  if (apiKey !== undefined) return authorization === undefined ? context.apiKeys.verify(apiKey, ip) : null;
  const token = authorization?.match(/^Bearer ([\w.~+/-]+=*)$/i)?.[1];
  if (token === undefined) return null;
  if (token.startsWith(API_KEY_PREFIX)) return context.apiKeys.verify(token, ip);
  switch (claimedType(token)) {
    case ACCESS_TOKEN_TYPE:
      return actorOfAccessToken(context, token);
    case INSTANCE_TOKEN_TYPE:
      return actorOfInstanceToken(context, token, origin);
    default:
      return null;
  }
}

async function actorOfAccessToken(context: AccessContext, token: string): Promise<UserActor | null> {
  const claims = await verifyAccessToken(token, { issuer: context.issuer, now: context.clock.now(), findKey: context.signingKeys.find });
  if (claims === null) return null;
  const actor = await actorOfSession(context, claims.sessionId);
  return actor !== null && actor.userId === claims.userId ? actor : null;
}

/** A browser names no origin when a page reads from its own; everybody else can name what they like. So only a wrong one says something. */
async function actorOfInstanceToken(context: AccessContext, token: string, origin: string | undefined): Promise<Principal | null> {
  const live = await context.instanceTokens.read(token);
  if (live === null) return null;
  return live.actor.origin === null || origin === undefined || origin === live.actor.origin ? live.actor : null;
}

/** Who a session belongs to, as long as it lives; a few seconds old at most. */
export const actorOfSession = (context: AccessContext, sessionId: string): Promise<UserActor | null> =>
  context.sessions.get(sessionId, () => actorOf(context, sessionId));

async function actorOf(context: AccessContext, sessionId: string): Promise<UserActor | null> {
  const session = await context.database.system.run((tables) =>
    tables.session.findUnique({ where: { id: sessionId }, include: { user: true } }),
  );
  const now = context.clock.now();
  if (session === null || session.user.disabledAt !== null || now >= session.absExpiresAt || now >= session.idleExpiresAt) return null;
  return { kind: 'user', userId: session.userId, sessionId, operator: session.user.operator, name: session.user.name };
}
