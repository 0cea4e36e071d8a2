import { createAccountCache } from './route-cache.ts';
import { createRouteLoader } from './load-route.ts';
import type { RouteSources } from './load-route.ts';
import type { FindRoute, FindRouteOfInbox, Route } from './route.ts';

export interface RouteBook {
  readonly find: FindRoute;
  readonly findByInbox: FindRouteOfInbox;
  /** After a change of an instance, its server, its inbox or the Chatwoot link. */
  forget(accountId: string): void;
}

/** Routes by instance and by inbox, read once and kept for some seconds. */
export function createRouteBook(sources: RouteSources): RouteBook {
  const load = createRouteLoader(sources);
  const routes = createAccountCache<Route | null>(sources.clock.monotonicMs);
  const instances = createAccountCache<string | null>(sources.clock.monotonicMs);
  const find: FindRoute = (accountId, instanceId) => routes.get(accountId, instanceId, () => load(accountId, instanceId));
  return {
    find,
    async findByInbox(accountId, inboxId) {
      const instanceId = await instances.get(accountId, inboxId, () =>
        sources.database.withAccount(
          accountId,
          async (open) => (await open.inbox.findFirst({ where: { id: inboxId }, select: { instanceId: true } }))?.instanceId ?? null,
        ),
      );
      return instanceId ? find(accountId, instanceId) : null;
    },
    forget(accountId) {
      routes.forget(accountId);
      instances.forget(accountId);
    },
  };
}
