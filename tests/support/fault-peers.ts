import type { IncomingMessage, ServerResponse } from 'node:http';
import { createSandboxChatwoot, createSandboxGateway, listen } from '../../server/src/sandbox/index.ts';
import type { RequestHandler, SandboxChatwoot, SandboxGateway } from '../../server/src/sandbox/index.ts';

/** A message that a peer took, and what became of the answer. `performance.now()` milliseconds. */
export interface TakenRequest {
  /** The peer's address. */
  readonly peer: string;
  /** The message's id there. */
  readonly id: string;
  readonly begunMs: number;
  endedMs: number;
  /** `dropped`: on purpose, after it was carried out. `cut`: the Hub was gone before it could read the answer. */
  answer: 'open' | 'given' | 'dropped' | 'cut';
}

/** One request of the Hub, for whoever looks into a run that failed. */
export interface TracedRequest {
  readonly line: string;
  readonly begunMs: number;
  readonly endedMs: number;
  readonly status: number;
}

/** What the wire does to answers, beyond the peer's own faults. */
export interface WireFaults {
  /** Asked once for each request that was carried out; true: its answer is never sent. */
  drop: () => boolean;
}

export interface FaultPeers {
  readonly chatwoots: readonly { readonly url: string; readonly chatwoot: SandboxChatwoot }[];
  readonly gateway: { readonly url: string; readonly gateway: SandboxGateway };
  readonly taken: readonly TakenRequest[];
  readonly trace: readonly TracedRequest[];
  readonly wire: WireFaults;
  close(): Promise<void>;
}

export const peerKeys = { chatwootToken: (account: number) => `chatwoot-token-${account}`, gatewayAdmin: 'gateway-admin', ui: 'ui' };

/** The sandbox peers in this process: journals at hand, and each answer's fate known by message. Chatwoot n has account n. */
export async function startFaultPeers(options: { readonly chatwoots: readonly (readonly number[])[] }): Promise<FaultPeers> {
  const taken: TakenRequest[] = [];
  const trace: TracedRequest[] = [];
  const wire: WireFaults = { drop: () => false };
  const chatwoots = await Promise.all(
    options.chatwoots.map(async (accounts) => {
      let url = '';
      const chatwoot = createSandboxChatwoot({
        baseUrl: () => url,
        accounts: accounts.map((id) => ({ id, name: `Loja ${id}`, token: peerKeys.chatwootToken(id) })),
        uiKey: peerKeys.ui,
        journalKeep: 100_000,
        floodLimitPerMinute: null,
      });
      const listening = await listen(watched(() => url, chatwoot.handle, { wire, taken, trace }));
      url = listening.url;
      return { url, chatwoot, listening };
    }),
  );
  const gateway = createSandboxGateway({
    adminKey: peerKeys.gatewayAdmin,
    uiKey: peerKeys.ui,
    journalKeep: 100_000,
    receipts: null,
    webhookRetries: { attempts: 500, firstMs: 100, longestMs: 1_000 },
  });
  let gatewayUrl = '';
  const gatewayListening = await listen(watched(() => gatewayUrl, gateway.handle, { wire, taken, trace }));
  gatewayUrl = gatewayListening.url;
  return {
    chatwoots,
    gateway: { url: gatewayUrl, gateway },
    taken,
    trace,
    wire,
    async close() {
      await Promise.all([gatewayListening.close(), ...chatwoots.map(({ listening }) => listening.close())]);
      await Promise.all([gateway.close(), ...chatwoots.map(({ chatwoot }) => chatwoot.close())]);
    },
  };
}

const isMessage = (request: IncomingMessage): boolean => request.method === 'POST' && (request.url ?? '').endsWith('/messages');

/** Faults strike what the Hub calls, never the page of the sandbox, which is the driver's own way in. */
function watched(
  peer: () => string,
  handle: RequestHandler,
  { wire, taken, trace }: { readonly wire: WireFaults; readonly taken: TakenRequest[]; readonly trace: TracedRequest[] },
): RequestHandler {
  return (request, response) => {
    if (request.url?.startsWith('/ui/') === true) return handle(request, response);
    const begunMs = performance.now();
    const end = response.end.bind(response) as (body: string | Buffer) => ServerResponse;
    const intercepted = (body: string | Buffer): ServerResponse => {
      const carriedOut = response.statusCode < 300;
      const id = carriedOut && isMessage(request) ? idIn(body) : null;
      const entry: TakenRequest | null = id === null ? null : { peer: peer(), id, begunMs, endedMs: performance.now(), answer: 'open' };
      if (entry) taken.push(entry);
      const drops = carriedOut && wire.drop();
      const line = `${request.method ?? ''} ${request.url ?? ''}${id === null ? '' : ` → ${id}`}${drops ? ' dropped' : ''}`;
      trace.push({ line, begunMs, endedMs: performance.now(), status: response.statusCode });
      response.once('close', () => {
        if (entry?.answer !== 'open') return;
        entry.endedMs = performance.now();
        entry.answer = response.writableFinished ? 'given' : 'cut';
      });
      if (!drops) return end(body);
      if (entry) entry.answer = 'dropped';
      request.socket.destroy();
      return response;
    };
    Object.defineProperty(response, 'end', { value: intercepted, configurable: true });
    handle(request, response);
  };
}

function idIn(body: string | Buffer): string | null {
  const value: unknown = JSON.parse(body.toString());
  return typeof value === 'object' && value !== null && 'id' in value ? String(value.id) : null;
}
