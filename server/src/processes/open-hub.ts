import { createBridge, createEndpointBook, createRemoteWake, createRoad, createRouteBook, requestTimeoutMs, wakeLaneJob } from '#bridge';
import type { Bridge, Endpoint, LaneRef, RouteBook } from '#bridge';
import { createAccess } from '#modules/access';
import type { InboxTools } from '#modules/inboxes';
import { createSyncInstancesHandler, recordConnection, syncInstancesJob } from '#modules/instances';
import type { InstanceTools } from '#modules/instances';
import { systemClock } from '#platform/clock';
import type { Settings } from '#platform/config';
import { createPasswords, hashToken, peppersOf } from '#platform/crypto';
import { isTransient } from '#platform/database';
import type { Database } from '#platform/database';
import { createOriginBook } from '#platform/edge';
import type { OriginBook } from '#platform/edge';
import { createRemoveExpiredAnswersHandler, removeExpiredAnswersJob } from '#platform/rest';
import type { Provider } from '#provider-kit';
import { providers } from '../providers/index.ts';
import { capTimeouts } from './cap-timeouts.ts';
import { logSettled } from './log-settled.ts';
import { openFoundations } from './open-foundations.ts';
import { openLimits } from './open-limits.ts';
import type { Limits } from './open-limits.ts';
import type { Foundations } from './open-foundations.ts';
import { quietLog } from './quiet-log.ts';

const SYNC_EVERY_MS = 10 * 60_000;
const REMOVE_EXPIRED_EVERY_MS = 60 * 60_000;
const SWEEP_EVERY_MS = 1_000;

/** Everything a process of the Hub stands on, opened once and handed to whoever needs it. */
export interface Hub extends Pick<Foundations, 'log' | 'metrics' | 'database' | 'queues' | 'live'> {
  readonly settings: Settings;
  readonly access: ReturnType<typeof createAccess>;
  readonly providers: ReadonlyMap<string, Provider>;
  readonly routes: RouteBook;
  readonly road: ReturnType<typeof createRoad>;
  readonly endpoints: ReturnType<typeof createEndpointBook>;
  readonly instances: InstanceTools;
  readonly inboxes: InboxTools;
  readonly limits: Limits;
  /** The web origins that accounts vouch for. */
  readonly origins: OriginBook;
  /** Wakes a lane here when this process delivers, elsewhere when it does not. */
  readonly wake: (lane: LaneRef) => void;
  readonly messagesChanged: (accountId: string, messageIds: readonly string[]) => void;
  readonly recordConnection: (accountId: string, instanceId: string, report: Parameters<typeof recordConnection>[2]) => Promise<void>;
  /** Ends what delivers first, then what it stands on. */
  close(): Promise<void>;
}

export async function openHub(
  settings: Settings,
  options: { readonly publicUrl: string; readonly ownHosts: readonly string[] },
): Promise<Hub> {
  const base = await openFoundations(settings, options.ownHosts);
  const { log, metrics, keys, database, queues, live, http } = base;
  const providerMap = new Map(
    providers.filter((provider) => settings.sandbox || provider.id !== 'sandbox').map((provider) => [provider.id, provider]),
  );
  const peers = { http, clock: systemClock };
  const leaseMs = settings.leaseSeconds * 1_000;
  const roadPeers = { http: capTimeouts(http, requestTimeoutMs(leaseMs)), clock: systemClock };
  const routes = createRouteBook({ database, keys, clock: systemClock, peers: roadPeers, providers: providerMap });
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
          leaseMs,
          sweepEveryMs: SWEEP_EVERY_MS,
          isTransient,
          onSettled: (event) => {
            logSettled(log, metrics, event);
            messagesChanged(event.lane.accountId, [event.message.id]);
          },
          onSwept: (_found, oldestMs) => metrics.laneOldestPending(oldestMs / 1_000),
          onError: quietLog(log, 'bridge.error'),
        });
  const wake = bridge ? bridge.wake : createRemoteWake(queues, (error) => base.onQueueError('wake-lane', error));

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
      { wakeLane: wakeLaneJob, syncInstances: syncInstancesJob, removeExpiredAnswers: removeExpiredAnswersJob },
      {
        wakeLane: async (lane) => bridge.wake(lane),
        syncInstances: createSyncInstancesHandler({ database, tools: instances, log }),
        removeExpiredAnswers: createRemoveExpiredAnswersHandler(database, systemClock.now),
      },
    );
    await queues.repeat(syncInstancesJob, {}, SYNC_EVERY_MS);
    await queues.repeat(removeExpiredAnswersJob, {}, REMOVE_EXPIRED_EVERY_MS);
  }
  const onStoreError = quietLog(log, 'limits.store-away');
  const limits = openLimits(settings, (error) => onStoreError('limits', error));

  return {
    settings,
    log,
    metrics,
    database,
    queues,
    live,
    access: createAccess({
      database,
      keyRing: keys,
      passwords: createPasswords({ peppers: peppersOf(keys) }),
      issuer: settings.publicUrl,
      attempts: limits.attempts,
      live,
    }),
    providers: providerMap,
    routes,
    road,
    endpoints: createEndpointBook({
      lookUp: (hash) => lookUpEndpoint(database, hash),
      hashOf: hashToken,
      monotonicMs: systemClock.monotonicMs,
    }),
    instances,
    inboxes,
    limits,
    origins: createOriginBook({
      lookUp: async (origin) => (await database.system.lookUp('origin_is_known', [origin], (row) => row.known === true))[0] === true,
      monotonicMs: systemClock.monotonicMs,
    }),
    wake,
    messagesChanged,
    async recordConnection(accountId, instanceId, report) {
      await database.withAccount(accountId, (open) => recordConnection(open, instanceId, report, systemClock.now()));
      live.changed(accountId, 'instances', [instanceId]);
    },
    async close() {
      await bridge?.stop();
      limits.close();
      await base.close();
    },
  };
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
