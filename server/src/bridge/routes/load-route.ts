import { createChatwootClient } from '#chatwoot';
import type { Clock } from '#platform/clock';
import type { KeyRing } from '#platform/crypto';
import type { Database } from '#platform/database';
import type { Provider, ProviderTools } from '#provider-kit';
import type { FindRoute } from './route.ts';

export interface RouteSources {
  readonly database: Pick<Database, 'withAccount'>;
  readonly keys: KeyRing;
  readonly clock: Clock;
  readonly peers: ProviderTools;
  readonly providers: ReadonlyMap<string, Provider>;
}

/** Reads an instance with its server, inbox and Chatwoot link, and opens both peers. Secrets are unsealed here and stay in the route. */
export function createRouteLoader({ database, keys, clock, peers, providers }: RouteSources): FindRoute {
  return async (accountId, instanceId) => {
    const found = await database.withAccount(accountId, async (open) => {
      const instance = await open.instance.findFirst({
        where: { id: instanceId },
        include: { server: true, inboxes: { include: { link: true } } },
      });
      const account = await open.account.findFirst({ where: { id: accountId }, select: { locale: true } });
      return instance && account ? { instance, locale: account.locale } : null;
    });
    const provider = found ? providers.get(found.instance.server.provider) : undefined;
    if (!found || !provider) return null;
    const { instance, locale } = found;
    const token = keys.open({ accountId, table: 'instance', column: 'token', rowId: instance.id }, instance.token);
    const [inbox] = instance.inboxes;
    return {
      accountId,
      locale,
      instance: { id: instance.id, name: instance.name, phone: instance.phone, token },
      provider,
      session: provider.openSession(peers, { baseUrl: instance.server.baseUrl }, { externalId: instance.externalId, token }),
      inbox: inbox
        ? {
            id: inbox.id,
            chatwootInboxId: inbox.chatwootInboxId,
            webhookSecret: inbox.webhookSecret
              ? keys.open({ accountId, table: 'inbox', column: 'webhook_secret', rowId: inbox.id }, inbox.webhookSecret)
              : null,
            client: createChatwootClient({
              http: peers.http,
              clock,
              baseUrl: inbox.link.baseUrl,
              chatwootAccountId: inbox.link.chatwootAccountId,
              token: keys.open({ accountId, table: 'chatwoot_link', column: 'token', rowId: inbox.link.id }, inbox.link.token),
            }),
          }
        : null,
    };
  };
}
