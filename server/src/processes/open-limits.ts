import { createMemoryAttemptStore, createSharedAttemptStore, networkOf } from '#modules/access';
import type { AttemptStore } from '#modules/access';
import { systemClock } from '#platform/clock';
import type { Settings } from '#platform/config';
import { createMemoryCounter, createRequestLimits, createSharedCounter, openSharedStore } from '#platform/limits';
import type { RequestLimits } from '#platform/limits';

export interface Limits {
  readonly requests: RequestLimits;
  /** Of sign-ins. */
  readonly attempts: AttemptStore;
  /** Whether a gateway may deliver now at this endpoint. In this process only: the road is too hot for a call to a store. */
  readonly admitDelivery: (endpointId: string) => Promise<boolean>;
  close(): void;
}

/** With Redis the processes count together, without it each counts for itself. */
export function openLimits(settings: Settings, onError: (error: unknown) => void): Limits {
  const { rateAddress, ratePrincipal, rateAccount, rateHooks } = settings;
  const store = settings.redisUrl ? openSharedStore(settings.redisUrl.expose(), onError) : null;
  const local = createMemoryCounter(systemClock);
  const attempts = createMemoryAttemptStore(systemClock);
  const perMinute = (points: number) => ({ points, perSeconds: 60 });
  return {
    requests: createRequestLimits({
      counter: store ? createSharedCounter(store, systemClock) : local,
      local,
      networkOf,
      rules: { address: perMinute(rateAddress), principal: perMinute(ratePrincipal), account: perMinute(rateAccount) },
    }),
    attempts: store ? createSharedAttemptStore(store, attempts) : attempts,
    admitDelivery: async (endpointId) => (await local.take(`hook:${endpointId}`, 1, { points: rateHooks, perSeconds: 1 })).ok,
    close: () => store?.close(),
  };
}
