import { createSandboxChatwoot, createUazapiDouble, listen } from '../../server/src/sandbox/index.ts';
import type { Listening, RequestHandler } from '../../server/src/sandbox/index.ts';
import { openDesk } from './chatwoot-desk.ts';
import { uazapiBody } from './phone-dialects.ts';

/** A gateway and a Chatwoot of one account, which count who calls them. */
export interface CountedPeers {
  readonly gateway: { readonly baseUrl: string; readonly adminSecret: string };
  readonly chatwoot: { readonly baseUrl: string; readonly chatwootAccountId: number; readonly token: string };
  /** Requests so far, to both. */
  calls(): number;
  scan(instance: string, phone: string): void;
  /** A customer writes. */
  write(instance: string, message: { readonly id: string; readonly phone: string; readonly name: string; readonly text: string }): void;
  /** A receipt for a message nobody knows yet. */
  receipt(instance: string, id: string): void;
  /** These answer every request with this status (500) and what it carried, as a careless peer would; the others as they should. */
  echoFaults(peers: readonly PeerName[], status?: number): void;
  /** What only the Hub and its peers know. */
  secretsOf(instance: string): Promise<Readonly<Record<string, string>>>;
  /** An agent answers in the first conversation. */
  answer(text: string): Promise<void>;
  close(): Promise<void>;
}

export type PeerName = 'gateway' | 'chatwoot';

export interface PeerSecrets {
  readonly adminSecret: string;
  readonly chatwootToken: string;
}

export async function startCountedPeers(secrets: PeerSecrets): Promise<CountedPeers> {
  let calls = 0;
  let echoing: readonly PeerName[] = [];
  let echoStatus = 500;
  const watched =
    (name: PeerName, handle: RequestHandler): RequestHandler =>
    (request, response) => {
      calls += 1;
      if (!echoing.includes(name)) return handle(request, response);
      const carried = `boom: ${request.url ?? ''} ${request.rawHeaders.join(' ')}`;
      response.writeHead(echoStatus, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ error: carried, message: carried, request: { url: request.url, headers: request.headers } }));
    };
  const at = { gateway: '', chatwoot: '' };
  const gateway = createUazapiDouble({ adminKey: secrets.adminSecret, baseUrl: () => at.gateway, receipts: null });
  const chatwoot = createSandboxChatwoot({
    baseUrl: () => at.chatwoot,
    accounts: [{ id: 1, name: 'Loja', token: secrets.chatwootToken, agentName: 'Bia' }],
    uiKey: 'desk-ui-key',
    floodLimitPerMinute: null,
    ordered: true,
  });
  const running: Listening[] = [await listen(watched('gateway', gateway.handle)), await listen(watched('chatwoot', chatwoot.handle))];
  at.gateway = running[0]?.url ?? '';
  at.chatwoot = running[1]?.url ?? '';
  return {
    gateway: { baseUrl: at.gateway, adminSecret: secrets.adminSecret },
    chatwoot: { baseUrl: at.chatwoot, chatwootAccountId: 1, token: secrets.chatwootToken },
    calls: () => calls,
    scan: (instance, phone) => gateway.scan(instance, phone),
    write(instance, { id, phone, name, text }) {
      const body = uazapiBody({ id, kind: 'text', text, chat: { main: 'phone', phone, name } }, gateway.instance(instance)?.phone ?? '');
      if (gateway.emit(instance, body) !== 1) throw new Error(`${instance} has no webhook`);
    },
    receipt: (instance, id) => gateway.giveReceipt(instance, [id], 'delivered'),
    echoFaults(peers, status = 500) {
      echoing = peers;
      echoStatus = status;
    },
    async secretsOf(instance) {
      const { token = '', hooks = [] } = gateway.instance(instance) ?? {};
      const listed = await fetch(`${at.chatwoot}/api/v1/accounts/1/inboxes`, { headers: { 'api-access-token': secrets.chatwootToken } });
      const { payload } = (await listed.json()) as { payload: { webhook_url?: string }[] };
      const last = (url = ''): string => url.split('/').at(-1) ?? '';
      return { instanceToken: token, gatewayAddress: last(hooks[0]?.url), chatwootAddress: last(payload[0]?.webhook_url) };
    },
    async answer(text) {
      const desk = openDesk(at.chatwoot, 'desk-ui-key');
      const [conversation] = await desk.conversations();
      await desk.write(conversation?.id ?? 0, { text });
    },
    async close() {
      for (const one of running) await one.close();
      await gateway.close();
      await chatwoot.close();
    },
  };
}
