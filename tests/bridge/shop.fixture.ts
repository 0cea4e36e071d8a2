import { randomUUID } from 'node:crypto';
import { newEndpoint, storeEndpoint } from '../../server/src/modules/endpoints/index.ts';
import { Secret } from '../../server/src/platform/crypto/index.ts';
import { systemClock } from '../../server/src/platform/clock/index.ts';
import { providerById } from '../../server/src/providers/index.ts';
import { openDesk } from '../support/chatwoot-desk.ts';
import type { Desk, DeskMessage } from '../support/chatwoot-desk.ts';
import { GATEWAY_KEY, UI_KEY } from './bridge.fixture.ts';
import type { RunningBridge } from './bridge.fixture.ts';

/** A message as the sandbox gateway keeps it. */
export interface Handed {
  readonly id: string;
  readonly chat: string;
  readonly viaApi: boolean;
  readonly kind: string;
  readonly text?: string;
  readonly quotedId?: string;
  readonly media?: { readonly id: string; readonly fileName: string; readonly mimeType: string };
}

/** One account with one number and one Chatwoot account of its own. */
export interface Shop {
  readonly accountId: string;
  readonly instanceId: string;
  readonly name: string;
  readonly externalId: string;
  readonly gatewayHook: string;
  readonly chatwootAccount: number;
  readonly desk: Desk;
  /** Ties the number to a new inbox, as people do it in the manager. */
  link(): Promise<{ readonly inboxId: string; readonly hook: string; readonly secret: string; readonly chatwootInboxId: number }>;
  /** Typed on a customer's phone, or on the company's with `fromMe`. Gives WhatsApp's id. */
  types(chat: string, message: Readonly<Record<string, unknown>>): Promise<string>;
  receipt(id: string, receipt: 'sent' | 'delivered' | 'read' | 'failed'): Promise<void>;
  /** What the Hub handed to the gateway for this chat, in order. */
  handed(chat: string): Promise<readonly Handed[]>;
  /** All messages in Chatwoot, conversation after conversation. */
  shown(): Promise<readonly DeskMessage[]>;
  /** Chatwoot's API below the account, as its administrator. */
  api(method: string, path: string, body?: unknown): Promise<Record<string, unknown>>;
  /** Rows of this account, looked at from outside. `$` stands for the account's id. */
  rows(sql: string): Promise<readonly Record<string, unknown>[]>;
}

interface ShopOptions {
  readonly locale?: string;
  readonly linked?: boolean;
  readonly signed?: boolean;
  readonly gateway?: { readonly provider: string; readonly baseUrl: string; readonly adminSecret: string };
}

let shops = 0;

export async function openShop(running: RunningBridge, options: ShopOptions = {}): Promise<Shop> {
  shops += 1;
  const chatwootAccount = shops;
  const { keys, http, test } = running;
  const [accountId, serverId, instanceId, linkId] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
  const at = options.gateway ?? { provider: 'sandbox', baseUrl: running.gatewayUrl, adminSecret: GATEWAY_KEY };
  const provider = providerById(at.provider);
  if (!provider) throw new Error(`no provider ${at.provider}`);
  const name = `shop-${shops}`;
  const endpoint = newEndpoint(running.hooksUrl, at.provider);
  const made = await provider
    .openServer({ http, clock: systemClock }, { baseUrl: at.baseUrl, adminSecret: new Secret(at.adminSecret) })
    .createInstance({ name, webhook: { url: endpoint.url } });
  if (!made.ok) throw new Error(made.failure.detail);
  const { externalId } = made.value;
  const token = `chatwoot-token-${chatwootAccount}`;
  running.chatwoot.addAccount({ id: chatwootAccount, name, token, agentName: 'Bia' });

  await test.database.withAccount(accountId, async (open) => {
    await open.account.create({ data: { id: accountId, name, ...(options.locale ? { locale: options.locale } : {}) } });
    await open.providerServer.create({
      data: { accountId, id: serverId, provider: at.provider, name: 'gateway', baseUrl: at.baseUrl, adminSecret: 'unused' },
    });
    await open.instance.create({
      data: {
        accountId,
        id: instanceId,
        providerServerId: serverId,
        name,
        externalId,
        token: keys.seal({ accountId, table: 'instance', column: 'token', rowId: instanceId }, made.value.token),
      },
    });
    await storeEndpoint(open, keys, accountId, endpoint, { instanceId });
    await open.chatwootLink.create({
      data: {
        accountId,
        id: linkId,
        name,
        baseUrl: running.chatwootUrl,
        chatwootAccountId: chatwootAccount,
        token: keys.seal({ accountId, table: 'chatwoot_link', column: 'token', rowId: linkId }, new Secret(token)),
      },
    });
  });

  const ask = async (url: string, method: string, headers: Record<string, string>, body?: unknown): Promise<Record<string, unknown>> => {
    const form = body instanceof FormData;
    const answer = await fetch(url, {
      method,
      headers: form ? headers : { ...headers, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: form ? body : JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${url} answered ${answer.status}: ${(await answer.text()).slice(0, 300)}`);
    return (await answer.json()) as Record<string, unknown>;
  };
  const ui = (method: string, path: string, body?: unknown) =>
    ask(`${running.gatewayUrl}/ui/instances/${externalId}${path}`, method, { 'x-sandbox-ui': UI_KEY }, body);
  const api = (method: string, path: string, body?: unknown) =>
    ask(`${running.chatwootUrl}/api/v1/accounts/${chatwootAccount}${path}`, method, { 'api-access-token': token }, body);
  const desk = openDesk(running.chatwootUrl, UI_KEY, chatwootAccount);

  const shop: Shop = {
    accountId,
    instanceId,
    name,
    externalId,
    gatewayHook: endpoint.url,
    chatwootAccount,
    desk,
    api,
    async link() {
      const hook = newEndpoint(running.hooksUrl, 'chatwoot');
      const inbox = await api('POST', '/inboxes', { name, channel: { type: 'api', webhook_url: hook.url } });
      const [inboxId, chatwootInboxId, secret] = [randomUUID(), Number(inbox.id), String(inbox.secret)];
      const place = { accountId, table: 'inbox', column: 'webhook_secret', rowId: inboxId };
      const webhookSecret = options.signed === false ? null : keys.seal(place, new Secret(secret));
      await test.database.withAccount(accountId, async (open) => {
        await open.inbox.create({
          data: { accountId, id: inboxId, chatwootLinkId: linkId, chatwootInboxId, name, instanceId, webhookSecret },
        });
        await storeEndpoint(open, keys, accountId, hook, { inboxId });
        await open.lane.updateMany({ where: { thread: { instanceId }, dueAt: { not: null } }, data: { dueAt: new Date() } });
      });
      running.routes.forget(accountId);
      return { inboxId, hook: hook.url, secret, chatwootInboxId };
    },
    types: async (chat, message) => String((await ui('POST', `/chats/${chat}/messages`, message)).id),
    receipt: async (id, receipt) => void (await ui('POST', `/messages/${id}/receipt`, { receipt })),
    async handed(chat) {
      const { payload } = await ui('GET', `/chats/${chat}/messages`);
      return (payload as Handed[]).filter(({ viaApi }) => viaApi);
    },
    async shown() {
      const conversations = (await desk.conversations()).toSorted((a, b) => a.id - b.id);
      return (await Promise.all(conversations.map(({ id }) => desk.messages(id)))).flat();
    },
    rows: (sql) => test.asSuperuser(sql.replaceAll('$', `'${accountId}'`)),
  };
  if (at.provider === 'sandbox') await ui('POST', '/scan', { phone: '551133334444' });
  if (options.linked !== false) await shop.link();
  return shop;
}
