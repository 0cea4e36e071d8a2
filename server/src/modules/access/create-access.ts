import { systemClock, type Clock } from '#platform/clock';
import type { KeyRing, Passwords } from '#platform/crypto';
import type { Database } from '#platform/database';
import type { PlainRoute } from '#platform/edge';
import type { Authorise, UserActor } from '#platform/trpc';
import type { AccessContext } from './access-context.ts';
import { createAccessRoutes } from './access-routes.ts';
import { type AttemptStore, createMemoryAttemptStore } from './attempt-limits.ts';
import { authenticate } from './authenticate.ts';
import { createAuthorise } from './create-authorise.ts';
import { createFreshCache } from './fresh-cache.ts';
import { createSigningKeys } from './signing-keys.ts';

const SESSION_MAX_AGE_MS = 5_000;

interface AccessDependencies {
  readonly database: Database;
  readonly keyRing: KeyRing;
  readonly passwords: Passwords;
  /** `iss` of access tokens: the same in every process of the Hub, so its public URL. */
  readonly issuer: string;
  readonly clock?: Clock;
  /** Default: counts kept in this process. */
  readonly attempts?: AttemptStore;
}

export interface Access {
  /** For `createAccessRouter` and the verbs. */
  readonly context: AccessContext;
  readonly authenticate: (authorization: string | undefined) => Promise<UserActor | null>;
  readonly authorise: Authorise;
  readonly routes: readonly PlainRoute[];
}

export function createAccess({ database, keyRing, passwords, issuer, clock = systemClock, attempts }: AccessDependencies): Access {
  const context: AccessContext = {
    database,
    clock,
    keyRing,
    passwords,
    issuer,
    signingKeys: createSigningKeys({ database, keyRing, clock }),
    attempts: attempts ?? createMemoryAttemptStore(clock),
    sessions: createFreshCache({ clock, maxAgeMs: SESSION_MAX_AGE_MS, maxEntries: 10_000 }),
  };
  return {
    context,
    authenticate: (authorization) => authenticate(context, authorization),
    authorise: createAuthorise({ database, clock }),
    routes: createAccessRoutes(context),
  };
}
