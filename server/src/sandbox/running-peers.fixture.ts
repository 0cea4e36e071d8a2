import { createServer, type IncomingHttpHeaders } from 'node:http';
import { createSandboxChatwoot, type SandboxChatwoot, type SandboxChatwootOptions } from './chatwoot/create-sandbox-chatwoot.ts';
import { createSandboxGateway, type SandboxGateway, type SandboxGatewayOptions } from './gateway/create-sandbox-gateway.ts';
import { listen } from './listen.ts';

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly raw: string;
  readonly body: Record<string, unknown>;
}

/** For tests: a real HTTP server that keeps every webhook it gets and answers with `status`. */
export async function webhookReceiver() {
  const received: Received[] = [];
  const state = { status: 200, holdMs: 0 };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const raw = Buffer.concat(chunks).toString();
      received.push({ headers: request.headers, raw, body: JSON.parse(raw) as Record<string, unknown> });
      const { status } = state;
      setTimeout(() => response.writeHead(status).end(), state.holdMs);
    });
  });
  const running = await listen((request, response) => server.emit('request', request, response));
  return { ...running, received, state, ofEvent: (event: string) => received.filter((webhook) => webhook.body['event'] === event) };
}

const CLEANUP: (() => Promise<void>)[] = [];

function once(run: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  return () => (running ??= run());
}

/** Ends everything that was started here since the last call. */
export async function stopPeers(): Promise<void> {
  for (const stop of CLEANUP.splice(0).reverse()) await stop();
}

export async function startReceiver() {
  const receiver = await webhookReceiver();
  CLEANUP.push(receiver.close);
  return receiver;
}

export interface Ask {
  (method: string, path: string, body?: unknown): Promise<{ readonly status: number; readonly json: unknown; readonly headers: Headers }>;
}

export function asker(url: string, headers: Readonly<Record<string, string>>): Ask {
  return async (method, path, body) => {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { ...headers, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, json: text === '' ? null : (JSON.parse(text) as unknown), headers: answer.headers };
  };
}

export async function startChatwoot(options: Partial<SandboxChatwootOptions> = {}) {
  let url = '';
  const chatwoot: SandboxChatwoot = createSandboxChatwoot({
    baseUrl: () => url,
    accounts: [{ id: 1, name: 'Loja', token: 'admin-1' }],
    uiKey: 'ui',
    controls: true,
    ...options,
  });
  const running = await listen(chatwoot.handle);
  url = running.url;
  const stop = once(async () => {
    await running.close();
    await chatwoot.close();
  });
  CLEANUP.push(stop);
  return { url, chatwoot, stop, api: apiOf(url), ui: asker(url, { 'x-sandbox-ui': 'ui' }) };
}

export async function startGateway(options: Partial<SandboxGatewayOptions> = {}) {
  const gateway: SandboxGateway = createSandboxGateway({
    adminKey: 'admin',
    uiKey: 'ui',
    controls: true,
    receipts: { sentAfterMs: 1, deliveredAfterMs: 5 },
    webhookRetries: { attempts: 5, firstMs: 5, longestMs: 20 },
    ...options,
  });
  const running = await listen(gateway.handle);
  const stop = once(async () => {
    await running.close();
    await gateway.close();
  });
  CLEANUP.push(stop);
  return {
    url: running.url,
    gateway,
    stop,
    admin: asker(running.url, { 'x-sandbox-key': 'admin' }),
    ui: asker(running.url, { 'x-sandbox-ui': 'ui' }),
  };
}

/** Below `/api/v1/accounts/<account>`. */
export const apiOf = (url: string, token = 'admin-1', account = 1): Ask =>
  asker(`${url}/api/v1/accounts/${account}`, { 'api-access-token': token });

/** Waits until it holds, at most two seconds. */
export async function until(holds: () => boolean): Promise<void> {
  for (let round = 0; round < 200 && !holds(); round += 1) await new Promise((resolve) => setTimeout(resolve, 10));
  if (!holds()) throw new Error('it never came to hold');
}
