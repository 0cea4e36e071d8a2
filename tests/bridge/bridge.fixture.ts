import { createHash } from 'node:crypto';
import {
  acceptChatwootWebhook,
  acceptGatewayWebhook,
  createBridge,
  createEndpointBook,
  createRoad,
  createRouteBook,
} from '../../server/src/bridge/index.ts';
import type { Bridge, EndpointBook, GatewayIngest, LaneRef, Road, RouteBook, SettledEvent } from '../../server/src/bridge/index.ts';
import { recordConnection } from '../../server/src/modules/instances/index.ts';
import { systemClock } from '../../server/src/platform/clock/index.ts';
import { createKeyRing, hashToken } from '../../server/src/platform/crypto/index.ts';
import type { KeyRing } from '../../server/src/platform/crypto/index.ts';
import { isTransient } from '../../server/src/platform/database/index.ts';
import { createHttpClient } from '../../server/src/platform/http/index.ts';
import type { HttpClient } from '../../server/src/platform/http/index.ts';
import { scrubText } from '../../server/src/platform/logging/index.ts';
import { providers } from '../../server/src/providers/index.ts';
import { createSandboxChatwoot, createSandboxGateway, listen } from '../../server/src/sandbox/index.ts';
import type { FaultChange, RequestHandler, SandboxChatwoot, SandboxGateway } from '../../server/src/sandbox/index.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';

export const UI_KEY = 'bridge-ui-key';
export const GATEWAY_KEY = 'bridge-gateway-key';
/** What a test that planned faults leaves behind. */
export const NO_FAULTS: FaultChange = {
  dropAfter: 0,
  latencyMs: { from: 0, to: 0 },
  paths: [],
  webhooks: { lost: 0, repeated: 0, delayMs: 0 },
};

/** The road in this process, as the Hub composes it, between a sandbox gateway and a sandbox Chatwoot on the wire. */
export interface RunningBridge {
  readonly test: TestDatabase;
  readonly keys: KeyRing;
  readonly http: HttpClient;
  readonly road: Road;
  readonly routes: RouteBook;
  readonly endpoints: EndpointBook;
  readonly chatwoot: SandboxChatwoot;
  readonly chatwootUrl: string;
  readonly gateway: SandboxGateway;
  readonly gatewayUrl: string;
  /** Where webhooks are taken in: `<hooksUrl>/hooks/{source}/{token}`. */
  readonly hooksUrl: string;
  readonly settled: readonly SettledEvent[];
  readonly errors: readonly unknown[];
  readonly bridge: () => Bridge;
  /** Stops the delivering half; what is accepted then waits until `start`. */
  stop(): Promise<void>;
  start(): void;
  close(): Promise<void>;
}

export async function openBridge(options: { readonly leaseMs?: number } = {}): Promise<RunningBridge> {
  const test = await createTestDatabase();
  const keys = createKeyRing({ current: { id: 'k1', key: Buffer.alloc(32, 7) }, previous: [] });
  const http = createHttpClient({
    userAgent: 'bridge-test',
    policy: { allowHosts: ['127.0.0.1'], allowCidrs: [], denyAddresses: [], httpAllowed: false },
  });
  const peers = { http, clock: systemClock };
  const { database } = test;
  const routes = createRouteBook({
    database,
    keys,
    clock: systemClock,
    peers,
    providers: new Map(providers.map((provider) => [provider.id, provider])),
  });
  const road = createRoad(database.road);
  const settled: SettledEvent[] = [];
  const errors: unknown[] = [];
  const make = (): Bridge =>
    createBridge({
      road,
      clock: systemClock,
      findRoute: routes.find,
      concurrency: 4,
      leaseMs: options.leaseMs ?? 30_000,
      sweepEveryMs: 100,
      isTransient,
      onSettled: (event) => settled.push(event),
      onSwept: () => undefined,
      onError: (_where, error) => errors.push(error),
    });
  let bridge: Bridge | null = make();
  const endpoints = createEndpointBook({
    lookUp: async (hash) => {
      const [found] = await database.system.lookUp('resolve_webhook', [hash], (row) => ({
        accountId: String(row.account_id),
        endpointId: String(row.endpoint_id),
        source: String(row.source),
        instanceId: row.instance_id === null ? null : String(row.instance_id),
        inboxId: row.inbox_id === null ? null : String(row.inbox_id),
      }));
      return found ?? null;
    },
    hashOf: hashToken,
    monotonicMs: systemClock.monotonicMs,
  });
  const gatewayIngest: GatewayIngest = {
    road,
    findRoute: routes.find,
    recordConnection: (accountId, instanceId, report) =>
      database.withAccount(accountId, (open) => recordConnection(open, instanceId, report, systemClock.now())),
    scrubText,
    hashOf: (bytes) => createHash('sha256').update(bytes).digest('hex'),
  };
  const chatwootIngest = { road, findRoute: routes.findByInbox, scrubText, now: systemClock.now };
  const wake = (lane: LaneRef): void => bridge?.wake(lane);
  const hooks = await listen(
    hooksHandler(async (token, delivery) => {
      const endpoint = await endpoints.find(token);
      if (!endpoint) return 404;
      const acceptance =
        endpoint.source === 'chatwoot'
          ? await acceptChatwootWebhook(chatwootIngest, endpoint, delivery)
          : await acceptGatewayWebhook(gatewayIngest, endpoint, delivery);
      if (acceptance.refused) return 404;
      for (const lane of acceptance.accepted.wake) wake(lane);
      return 200;
    }),
  );

  let chatwootUrl = '';
  const chatwoot = createSandboxChatwoot({
    baseUrl: () => chatwootUrl,
    accounts: [],
    uiKey: UI_KEY,
    floodLimitPerMinute: null,
    ordered: true,
  });
  const chatwootPeer = await listen(chatwoot.handle);
  chatwootUrl = chatwootPeer.url;
  const gateway = createSandboxGateway({
    adminKey: GATEWAY_KEY,
    uiKey: UI_KEY,
    receipts: null,
    ordered: true,
    notOnWhatsApp: ['5511900000404'],
    webhookRetries: { attempts: 5, firstMs: 10, longestMs: 50 },
  });
  const gatewayPeer = await listen(gateway.handle);
  const stop = async (): Promise<void> => {
    const stopping = bridge;
    bridge = null;
    await stopping?.stop();
  };
  return {
    test,
    keys,
    http,
    road,
    routes,
    endpoints,
    chatwoot,
    chatwootUrl,
    gateway,
    gatewayUrl: gatewayPeer.url,
    hooksUrl: hooks.url,
    settled,
    errors,
    bridge: () => {
      if (!bridge) throw new Error('the bridge is stopped');
      return bridge;
    },
    stop,
    start: () => void (bridge ??= make()),
    async close() {
      await stop();
      await gatewayPeer.close();
      await gateway.close();
      await chatwootPeer.close();
      await chatwoot.close();
      await hooks.close();
      await http.close();
      await test.drop();
    },
  };
}

type Delivery = { readonly raw: Buffer; readonly headers: Readonly<Record<string, string | undefined>> };

const hooksHandler =
  (accept: (token: string, delivery: Delivery) => Promise<number>): RequestHandler =>
  (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]),
      );
      const token = request.url?.split('/').at(-1) ?? '';
      accept(token, { raw: Buffer.concat(chunks), headers }).then(
        (status) => response.writeHead(status).end(),
        () => response.writeHead(503).end(),
      );
    });
  };
