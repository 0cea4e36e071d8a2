import type { HubClient } from './fault-hub.ts';
import { peerKeys } from './fault-peers.ts';
import type { FaultPeers } from './fault-peers.ts';
import type { Tap } from './fault-tap.ts';
import { ask, waitUntil } from './fault-wire.ts';

export interface Contact {
  /** Unique among all accounts, the beginning of every text of this contact. */
  readonly key: string;
  readonly account: FaultAccount;
  readonly address: string;
}

export interface FaultAccount {
  /** Also the number of its account at Chatwoot. */
  readonly number: number;
  readonly hubAccountId: string;
  readonly gatewayInstanceId: string;
  /** Where its gateway delivers, at the tap. */
  readonly gatewayHook: string;
  /** Which of the peers' Chatwoots is its own. */
  readonly chatwoot: FaultPeers['chatwoots'][number];
  readonly contacts: readonly Contact[];
}

/** Accounts with a connected number and a linked inbox each, made over REST. The same phones write to several of them. */
export async function makeAccounts(
  hub: HubClient,
  peers: FaultPeers,
  tap: Tap,
  plan: readonly { readonly chatwoot: number; readonly contacts: number }[],
): Promise<FaultAccount[]> {
  const hooks = new Map<string, string>();
  tap.onWebhook(({ path, body }) => {
    if (path.startsWith('/hooks/sandbox/')) hooks.set(String(body.instance), path);
  });
  const accounts: FaultAccount[] = [];
  for (const [index, { chatwoot, contacts }] of plan.entries()) {
    const number = index + 1;
    const peer = peers.chatwoots[chatwoot];
    if (!peer) throw new Error(`there is no Chatwoot ${chatwoot}`);
    const { id: hubAccountId } = await hub('POST', '/accounts', { name: `Loja ${number}` });
    const at = `/accounts/${String(hubAccountId)}`;
    const server = await hub('POST', `${at}/provider-servers`, {
      provider: 'sandbox',
      name: 'gateway',
      baseUrl: peers.gateway.url,
      adminSecret: peerKeys.gatewayAdmin,
    });
    const instance = await hub('POST', `${at}/instances`, { providerServerId: server.id, name: `loja-${number}` });
    const gatewayInstanceId = String(instance.externalId);
    await hub('POST', `${at}/instances/${String(instance.id)}/connect`, {});
    await ask('POST', `${peers.gateway.url}/ui/instances/${gatewayInstanceId}/scan`, {
      headers: { 'x-sandbox-ui': peerKeys.ui },
      body: '{}',
    });
    const link = await hub('POST', `${at}/chatwoot-links`, {
      baseUrl: peer.url,
      chatwootAccountId: number,
      token: peerKeys.chatwootToken(number),
    });
    await hub('POST', `${at}/inboxes`, { instanceId: instance.id, chatwootLinkId: link.id, inboxName: 'WhatsApp' });
    if (!(await waitUntil(() => hooks.has(gatewayInstanceId), 10_000))) throw new Error('the gateway never called the Hub');
    const account: FaultAccount = {
      number,
      hubAccountId: String(hubAccountId),
      gatewayInstanceId,
      gatewayHook: `${tap.url}${hooks.get(gatewayInstanceId) ?? ''}`,
      chatwoot: peer,
      contacts: [],
    };
    accounts.push({ ...account, contacts: contactsOf(account, contacts) });
  }
  return accounts;
}

function contactsOf(account: FaultAccount, count: number): Contact[] {
  return Array.from({ length: count }, (_, index) => ({
    key: `a${account.number}c${String(index).padStart(2, '0')}`,
    account,
    address: `55119${String(88_000_000 + index * 7)}@s.whatsapp.net`,
  }));
}
