import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Arrival {
  /** What the driver put into the text, so that it knows its own again. */
  readonly mark: string;
  /** Contact or chat, for the order of arrivals. */
  readonly lane: string;
  readonly atMs: number;
}

export interface StubPeers {
  readonly chatwootUrl: string;
  readonly gatewayUrl: string;
  /** Where the Hub wants to be called, once it has linked an inbox or made an instance. */
  webhooks(): { readonly chatwoot: string; readonly gateway: string };
  readonly inboxSecret: string;
  readonly gatewayToken: string;
  /** First arrivals and repeats alike, in the order they came. */
  readonly atChatwoot: Arrival[];
  readonly atGateway: Arrival[];
  chatwootCalls(): number;
  onArrival(listener: ((arrival: Arrival) => void) | null): void;
  close(): Promise<void>;
}

type Json = Record<string, unknown>;

/** A Chatwoot and a uazapi that answer at once and remember what came: what is measured is the Hub. */
export async function startStubPeers(): Promise<StubPeers> {
  const atChatwoot: Arrival[] = [];
  const atGateway: Arrival[] = [];
  const hooks = { chatwoot: '', gateway: '' };
  const inboxSecret = randomUUID();
  const gatewayToken = randomUUID();
  let calls = 0;
  let nextId = 1;
  let listener: ((arrival: Arrival) => void) | null = null;
  const arrive = (list: Arrival[], mark: string, lane: string): void => {
    const arrival = { mark, lane, atMs: performance.now() };
    list.push(arrival);
    listener?.(arrival);
  };

  const inbox = (): Json => ({
    id: 1,
    name: 'bench',
    channel_type: 'Channel::Api',
    webhook_url: hooks.chatwoot,
    secret: inboxSecret,
    inbox_identifier: 'x',
  });
  const chatwoot = (method: string, path: string, body: Json): Json | Json[] => {
    if (path === '/api/v1/profile') return { id: 1, name: 'Bench', accounts: [{ id: 1, name: 'Bench', role: 'administrator' }] };
    const rest = path.replace('/api/v1/accounts/1', '');
    if (rest.startsWith('/inboxes')) {
      const channel = body.channel as Json | undefined;
      if (typeof channel?.webhook_url === 'string') hooks.chatwoot = channel.webhook_url;
      return inbox();
    }
    calls += 1;
    const id = nextId++;
    if (rest === '/contacts')
      return {
        payload: { contact: { id, name: body.name, phone_number: body.phone_number }, contact_inbox: { source_id: body.source_id } },
      };
    if (rest === '/conversations') return { id, status: 'open', meta: { sender: { id: body.contact_id } } };
    const conversation = /^\/conversations\/(\d+)\/messages$/.exec(rest)?.[1];
    if (conversation && method === 'POST') arrive(atChatwoot, String(body.content), conversation);
    return { id, payload: [] };
  };
  const gateway = (path: string, body: Json): Json | Json[] => {
    if (path === '/instance/all') return [];
    if (path === '/instance/create')
      return { instance: { id: 'bench', name: 'bench', token: gatewayToken }, token: gatewayToken, name: 'bench' };
    if (path === '/webhook') {
      if (typeof body.url === 'string') hooks.gateway = body.url;
      return [];
    }
    if (path === '/instance/status') return { instance: { id: 'bench', status: 'connected' }, status: { connected: true } };
    arrive(atGateway, String(body.text), String(body.number));
    const messageid = `B${nextId++}`;
    return { id: `1:${messageid}`, messageid, status: 'Pending' };
  };

  const chatwootServer = await serve((method, path, body) => chatwoot(method, path, body));
  const gatewayServer = await serve((_method, path, body) => gateway(path, body));
  return {
    chatwootUrl: urlOf(chatwootServer),
    gatewayUrl: urlOf(gatewayServer),
    webhooks: () => hooks,
    inboxSecret,
    gatewayToken,
    atChatwoot,
    atGateway,
    chatwootCalls: () => calls,
    onArrival: (next) => (listener = next),
    async close() {
      for (const server of [chatwootServer, gatewayServer]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}

function serve(answer: (method: string, path: string, body: Json) => unknown): Promise<Server> {
  const server = createServer({ keepAliveTimeout: 60_000 }, (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      const [path = '/'] = (request.url ?? '/').split('?');
      const body = Buffer.from(JSON.stringify(answer(request.method ?? 'GET', path, text ? (JSON.parse(text) as Json) : {})));
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
      response.end(body);
    });
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

const urlOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
