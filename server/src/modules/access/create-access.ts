import { systemClock, type Clock } from '#platform/clock';
import type { KeyRing, Passwords } from '#platform/crypto';
import type { Database } from '#platform/database';
import type { PlainRoute } from '#platform/edge';
import type { Live } from '#platform/realtime';
import type { Authorise, Grant, Principal, UserActor } from '#platform/trpc';
import type { AccessContext } from './access-context.ts';
import { createAccessRoutes } from './access-routes.ts';
import { type AttemptStore, createMemoryAttemptStore } from './attempt-limits.ts';
import { authenticate, type Presented } from './authenticate.ts';
import { createAuthorise } from './create-authorise.ts';
import { createEnter, type Enter } from './enter.ts';
import { createFreshCache } from './fresh-cache.ts';
import { createInstanceTokens } from './instance-tokens.ts';
import { createRevocations } from './revocations.ts';
import { createSigningKeys } from './signing-keys.ts';
import { createApiKeys } from './verify-api-key.ts';

/** An open stream asks again every 1.5 s, so that what ends takes effect within five seconds there too (IAM-10). */
const MAX_AGE_MS = 3_000;

interface AccessDependencies {
  readonly database: Database;
  readonly keyRing: KeyRing;
  readonly passwords: Passwords;
  /** `iss` of access tokens: the same in every process of the Hub, so its public URL. */
  readonly issuer: string;
  readonly clock?: Clock;
  /** Default: counts kept in this process. */
  readonly attempts?: AttemptStore;
  /** Carries revocations to the other processes. Without it they take effect there a few seconds later. */
  readonly live?: Pick<Live, 'changed' | 'watch'>;
}

export interface Access {
  /** For `createAccessRouter` and the verbs. */
  readonly context: AccessContext;
  readonly authenticate: (presented: Presented) => Promise<Principal | null>;
  /** What a request brings to every procedure. */
  readonly enter: Enter;
  readonly authorise: Authorise;
  readonly routes: readonly PlainRoute[];
}

export function createAccess(dependencies: AccessDependencies): Access {
  const { database, keyRing, passwords, issuer, clock = systemClock } = dependencies;
  const attempts = dependencies.attempts ?? createMemoryAttemptStore(clock);
  const revocations = createRevocations(dependencies.live);
  const fresh = <T>() => createFreshCache<T>({ clock, maxAgeMs: MAX_AGE_MS, maxEntries: 10_000 });
  const signingKeys = createSigningKeys({ database, keyRing, clock });
  const sessions = fresh<UserActor>();
  const grants = fresh<Grant>();
  const apiKeys = createApiKeys({ database, clock, passwords, attempts });
  const instanceTokens = createInstanceTokens({ database, clock, signingKeys, issuer });
  revocations.on('session', sessions.drop);
  revocations.on('grant', grants.drop);
  revocations.on('key', apiKeys.drop);
  revocations.on('token', instanceTokens.drop);
  revocations.on('signing-keys', signingKeys.forget);
  const context: AccessContext = {
    database,
    clock,
    keyRing,
    passwords,
    issuer,
    signingKeys,
    attempts,
    revocations,
    apiKeys,
    instanceTokens,
    sessions: { get: sessions.get, drop: (id) => revocations.tell('session', id) },
    grants: { get: grants.get, drop: (key) => revocations.tell('grant', key) },
    features: fresh(),
    inboxesOfInstance: fresh(),
  };
  const authorise = createAuthorise(context);
  return {
    context,
    authenticate: (presented) => authenticate(context, presented),
    enter: createEnter(context, authorise),
    authorise,
    routes: createAccessRoutes(context),
  };
}
