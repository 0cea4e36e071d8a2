import type { Feature } from '@whatpro/sdk/contract';
import type { Clock } from '#platform/clock';
import type { KeyRing, Passwords, Place } from '#platform/crypto';
import type { Database, SystemDatabase } from '#platform/database';
import type { Grant, RequestFacts, UserActor } from '#platform/trpc';
import type { AttemptStore } from './attempt-limits.ts';
import type { FreshCache } from './fresh-cache.ts';
import type { InstanceTokens } from './instance-tokens.ts';
import type { Revocations } from './revocations.ts';
import type { SigningKeys } from './signing-keys.ts';
import type { ApiKeys } from './verify-api-key.ts';

/** What the verbs of this room work with. */
export interface AccessContext {
  readonly database: Database;
  readonly clock: Clock;
  readonly keyRing: KeyRing;
  readonly passwords: Passwords;
  readonly signingKeys: SigningKeys;
  readonly attempts: AttemptStore;
  /** Who a live session belongs to, by session id. */
  readonly sessions: FreshCache<UserActor>;
  /** What a person may do in an account, by `grantKey`. */
  readonly grants: FreshCache<Grant>;
  /** What an account may use, by its id. */
  readonly features: FreshCache<readonly Feature[]>;
  /** The inboxes an instance is linked to, by its id. */
  readonly inboxesOfInstance: FreshCache<readonly { readonly id: string }[]>;
  readonly apiKeys: ApiKeys;
  readonly instanceTokens: InstanceTokens;
  readonly revocations: Revocations;
  /** `iss` of access tokens: the same in every process of the Hub. */
  readonly issuer: string;
}

export const grantKey = (userId: string, accountId: string): string => `${userId}:${accountId}`;

const DAY_MS = 86_400_000;
export const SESSION_IDLE_MS = 7 * DAY_MS;
export const SESSION_LONGEST_MS = 30 * DAY_MS;
export const SESSIONS_PER_USER = 20;

export const sessionKeyAt = (sessionId: string): Place => ({ accountId: 'hub', table: 'session', column: 'hmac_key', rowId: sessionId });

interface AuditedAccess {
  readonly action: `access.${string}`;
  readonly userId: string | null;
  readonly name?: string;
  readonly detail?: Readonly<Record<string, string | number | boolean | null>>;
}

/** Sign-ins and what happens to sessions: outside any account. */
export async function recordAccess(
  tables: Pick<SystemDatabase, 'operatorAudit'>,
  facts: Pick<RequestFacts, 'ip' | 'userAgent'>,
  { action, userId, name, detail }: AuditedAccess,
): Promise<void> {
  await tables.operatorAudit.create({
    data: {
      actor: { kind: 'user', id: userId, name: name ?? null },
      action,
      ...(detail === undefined ? {} : { detail }),
      ip: facts.ip,
      userAgent: facts.userAgent,
    },
    select: { id: true },
  });
}
