import { type Permission, PERMISSIONS } from '@whatpro/sdk/contract';
import type { Clock } from '#platform/clock';
import type { Database } from '#platform/database';
import type { TokenActor } from '#platform/trpc';
import { createFreshCache, type FreshCache } from './fresh-cache.ts';
import { verifyInstanceToken } from './instance-token.ts';
import type { SigningKeys } from './signing-keys.ts';

export interface LiveToken {
  readonly actor: TokenActor;
  readonly expiresAt: Date;
}

export interface InstanceTokens {
  /** The token as its row has it; null for every token that is not good, whatever is wrong with it. */
  read(token: string): Promise<LiveToken | null>;
  /** Whether a token that was read before is still good. */
  isLive(actor: TokenActor): Promise<boolean>;
  drop(tokenId: string): void;
}

interface Dependencies {
  readonly database: Database;
  readonly clock: Clock;
  readonly signingKeys: SigningKeys;
  readonly issuer: string;
}

const ROW_MAX_AGE_MS = 3_000;

const isPermission = (text: string): text is Permission => PERMISSIONS.some((permission) => permission === text);

/** The row is the record: what a token says of itself counts only as far as its row says the same. */
export function createInstanceTokens({ database, clock, signingKeys, issuer }: Dependencies): InstanceTokens {
  const rows: FreshCache<LiveToken> = createFreshCache({ clock, maxAgeMs: ROW_MAX_AGE_MS, maxEntries: 10_000 });
  const rowOf = async (accountId: string, tokenId: string): Promise<LiveToken | null> => {
    const live = await rows.get(tokenId, () => findToken(database, accountId, tokenId));
    return live !== null && live.actor.accountId === accountId && clock.now() < live.expiresAt ? live : null;
  };
  return {
    async read(token) {
      const claims = await verifyInstanceToken(token, { issuer, now: clock.now(), findKey: signingKeys.find });
      if (claims === null) return null;
      const live = await rowOf(claims.accountId, claims.tokenId);
      if (live === null) return null;
      const { actor } = live;
      const asWritten = actor.instanceId === claims.instanceId && actor.origin === claims.origin && sameScopes(actor, claims.scopes);
      return asWritten ? live : null;
    },
    isLive: async ({ accountId, tokenId }) => (await rowOf(accountId, tokenId)) !== null,
    drop: (tokenId) => rows.drop(tokenId),
  };
}

const sameScopes = ({ scopes }: TokenActor, claimed: readonly string[]): boolean =>
  claimed.length === scopes.size && claimed.every((scope) => isPermission(scope) && scopes.has(scope));

function findToken(database: Database, accountId: string, tokenId: string): Promise<LiveToken | null> {
  return database.withAccount(accountId, async (transaction) => {
    const row = await transaction.instanceToken.findFirst({
      where: { id: tokenId, revokedAt: null, account: { status: 'active' } },
      include: { instance: { select: { name: true } } },
    });
    if (row === null) return null;
    const { instanceId, origin, issuedTo, expiresAt } = row;
    const name = row.instance === null ? 'instance token' : `instance token of ${row.instance.name}`;
    const scopes = new Set(row.scopes.filter(isPermission));
    return { expiresAt, actor: { kind: 'instance-token', tokenId, accountId, instanceId, origin, issuedTo, name, scopes } };
  });
}
