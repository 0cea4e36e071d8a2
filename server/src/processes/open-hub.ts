import { join } from 'node:path';
import { createBridge, createEndpointBook, createRemoteWake, createRoad, createRouteBook, wakeLaneJob } from '#bridge';
import type { Bridge, Endpoint, LaneRef, RouteBook } from '#bridge';
import { createAccess } from '#modules/access';
import { createSyncInstancesHandler, recordConnection, syncInstancesJob } from '#modules/instances';
import type { InstanceTools } from '#modules/instances';
import type { InboxTools } from '#modules/inboxes';
import { systemClock } from '#platform/clock';
import type { Settings } from '#platform/config';
import { createKeyRing, createPasswords, hashToken, loadOrCreateKeyFile, Secret } from '#platform/crypto';
import { isTransient, openDatabase, prepareDatabase } from '#platform/database';
import type { Database, PreparedDatabase } from '#platform/database';
import { createHttpClient } from '#platform/http';
import { createLogger } from '#platform/logging';
import type { Logger } from '#platform/logging';
import { createMetrics } from '#platform/metrics';
import type { Metrics } from '#platform/metrics';
import { createQueues, prepareQueueSchema } from '#platform/queue';
import type { QueueBackend, Queues } from '#platform/queue';
import { createLive, createRelayTransport } from '#platform/realtime';
import type { Live } from '#platform/realtime';
import type { Provider } from '#provider-kit';
import { providers } from '../providers/index.ts';
import { logSettled } from './log-settled.ts';

const QUEUE_SCHEMA = 'bullmq';
const SYNC_EVERY_MS = 10 * 60_000;
const SWEEP_EVERY_MS = 1_000;

/** Everything a process of the Hub stands on, opened once and handed to whoever needs it. */
export interface Hub {
  readonly settings: Settings;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly database: Database;
  readonly queues: Queues;
  readonly live: Live;
  readonly access: ReturnType<typeof createAccess>;
  readonly providers: ReadonlyMap<string, Provider>;
  readonly routes: RouteBook;
  readonly road: ReturnType<typeof createRoad>;
  readonly endpoints: ReturnType<typeof createEndpointBook>;
  readonly instances: InstanceTools;
  readonly inboxes: InboxTools;
  /** Wakes a lane here when this process delivers, elsewhere when it does not. */
  readonly wake: (lane: LaneRef) => void;
  readonly messagesChanged: (accountId: string, messageIds: readonly string[]) => void;
  readonly recordConnection: (accountId: string, instanceId: string, report: Parameters<typeof recordConnection>[2]) => Promise<void>;
  /** Ends what delivers first, then what it stands on. */
  close(): Promise<void>;
}

export async function openHub(settings: Settings, options: { readonly publicUrl: string; readonly ownHosts: readonly string[] }): Promise<Hub> {
  const log = createLogger({ level: settings.logLevel === 'fatal' ? 'error' : settings.logLevel });
  const keyFile = settings.keyFile ?? join(settings.dataDir, 'keys.txt');
  const keyFileContent = await loadOrCreateKeyFile(keyFile);
  const keys = createKeyRing(keyFileContent);
  const prepared = await prepareDatabase({
    dataDir: settings.dataDir,
    databaseUrl: settings.databaseUrl,
    roleSeed: settings.databaseUrl ? new Secret(keys.keyFor('database-roles').key.toString('base64')) : undefined,
    onLost: () => log.error('database.lost', {}),
  });
  const database = openDatabase({
    connection: prepared.app,
    poolSize: 20,
    statementTimeoutMs: settings.role === 'worker' ? 30_000 : 5_000,
    onConnectionLost: (error) => log.warn('database.connection-lost', { err: error }),
  });
  const backend = await queueBackend(settings, prepared);
  const onQueueError = quiet(log, 'queue.error');
  const queues = createQueues(backend, onQueueError);
  const live = createLive(createRelayTransport(backend, (error) => onQueueError('relay', error)), (error) => onQueueError('relay', error));
  const metrics = createMetrics();

  const http = createHttpClient({
    userAgent: 'WhatProHub',
    policy: {
      allowHosts: [...settings.egressAllowHosts, ...options.ownHosts],
      allowCidrs: settings.egressAllowCidrs,
      denyAddresses: ownAddresses(settings, prepared),
      httpAllowed: false,
    },
  });
  const providerMap = new Map(providers.filter((provider) => settings.sandbox || provider.id !== 'sandbox').map((provider) => [provider.id, provider]));
  const peers = { http, clock: systemClock };
  const routes = createRouteBook({ database, keys, clock: systemClock, peers, providers: providerMap });
  const road = createRoad(database.road);
  const messagesChanged = (accountId: string, ids: readonly string[]): void => live.changed(accountId, 'messages', ids);

  const bridge: Bridge | null =
    settings.role === 'api'
      ? null
      : createBridge({
          road,
          clock: systemClock,
          findRoute: routes.find,
          concurrency: settings.laneConcurrency,
          leaseMs: settings.leaseSeconds * 1_000,
          sweepEveryMs: SWEEP_EVERY_MS,
          isTransient,
          onSettled: (event) => {
            logSettled(log, metrics, event);
            messagesChanged(event.lane.accountId, [event.message.id]);
          },
          onSwept: (_found, oldestMs) => metrics.laneOldestPending(oldestMs / 1_000),
          onError: quiet(log, 'bridge.error'),
        });
  const wake = bridge ? bridge.wake : createRemoteWake(queues, (error) => onQueueError('wake-lane', error));

  const instances: InstanceTools = {
    providers: providerMap,
    peers,
    keys,
    publicUrl: options.publicUrl,
    changed: (accountId, ids) => {
      routes.forget(accountId);
      live.changed(accountId, 'instances', ids);
    },
  };
  const inboxes: InboxTools = {
    http,
    clock: systemClock,
    keys,
    publicUrl: options.publicUrl,
    changed: (accountId, ids) => {
      routes.forget(accountId);
      live.changed(accountId, 'inboxes', ids);
    },
  };
  if (bridge) {
    queues.work(
      { wakeLane: wakeLaneJob, syncInstances: syncInstancesJob },
      {
        wakeLane: async (lane) => bridge.wake(lane),
        syncInstances: createSyncInstancesHandler({ database, tools: instances, log }),
      },
    );
    await queues.repeat(syncInstancesJob, {}, SYNC_EVERY_MS);
  }

  return {
    settings,
    log,
    metrics,
    database,
    queues,
    live,
    access: createAccess({ database, keyRing: keys, passwords: createPasswords({ pepper: keys.keyFor('password-pepper') }), issuer: settings.publicUrl }),
    providers: providerMap,
    routes,
    road,
    endpoints: createEndpointBook({ lookUp: (hash) => lookUpEndpoint(database, hash), hashOf: hashToken, monotonicMs: systemClock.monotonicMs }),
    instances,
    inboxes,
    wake,
    messagesChanged,
    async recordConnection(accountId, instanceId, report) {
      await database.withAccount(accountId, (open) => recordConnection(open, instanceId, report, systemClock.now()));
      live.changed(accountId, 'instances', [instanceId]);
    },
    async close() {
      await bridge?.stop();
      await live.close();
      await queues.close();
      await http.close();
      await database.close();
      await prepared.leave();
    },
  };
}

async function queueBackend(settings: Settings, prepared: PreparedDatabase): Promise<QueueBackend> {
  if (settings.redisUrl) return { kind: 'redis', url: settings.redisUrl.expose() };
  const connectionString = prepared.queue.expose();
  await prepareQueueSchema(connectionString, QUEUE_SCHEMA);
  return { kind: 'postgres', connectionString, schema: QUEUE_SCHEMA };
}

/** What a tenant's URL may never name, whatever the operator allows (SS-03). */
function ownAddresses(settings: Settings, prepared: PreparedDatabase): { host: string; port: number }[] {
  const urls = [prepared.app.expose(), ...(settings.redisUrl ? [settings.redisUrl.expose()] : [])].map((url) => new URL(url));
  return urls.map((url) => ({ host: url.hostname, port: Number(url.port) || (url.protocol.startsWith('redis') ? 6379 : 5432) }));
}

async function lookUpEndpoint(database: Database, tokenSha256: Buffer): Promise<Endpoint | null> {
  const [found] = await database.system.lookUp('resolve_webhook', [tokenSha256], (row) => ({
    accountId: String(row.account_id),
    endpointId: String(row.endpoint_id),
    source: String(row.source),
    instanceId: row.instance_id === null ? null : String(row.instance_id),
    inboxId: row.inbox_id === null ? null : String(row.inbox_id),
  }));
  return found ?? null;
}

/** An outage repeats the same error many times a second: one line each five seconds says it, with how often. */
function quiet(log: Logger, event: string): (where: string, error: unknown) => void {
  const last = new Map<string, { atMs: number; hidden: number }>();
  return (where, error) => {
    const now = performance.now();
    const known = last.get(where);
    if (known && now - known.atMs < 5_000) {
      known.hidden += 1;
      return;
    }
    last.set(where, { atMs: now, hidden: 0 });
    log.warn(event, { where, err: error, repeated: known?.hidden ?? 0 });
  };
}
