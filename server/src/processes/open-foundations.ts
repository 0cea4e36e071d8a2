import { join } from 'node:path';
import type { Settings } from '#platform/config';
import { createKeyRing, keyFileReread, loadOrCreateKeyFile, Secret } from '#platform/crypto';
import type { KeyRing } from '#platform/crypto';
import { openDatabase, prepareDatabase } from '#platform/database';
import type { Database, PreparedDatabase } from '#platform/database';
import { createHttpClient } from '#platform/http';
import type { HttpClient } from '#platform/http';
import { createLogger } from '#platform/logging';
import type { Logger } from '#platform/logging';
import { createMetrics } from '#platform/metrics';
import type { Metrics } from '#platform/metrics';
import { createQueues, prepareQueueSchema } from '#platform/queue';
import type { QueueBackend, Queues } from '#platform/queue';
import { createLive, createRelayTransport } from '#platform/realtime';
import type { Live } from '#platform/realtime';
import { quietLog } from './quiet-log.ts';

const QUEUE_SCHEMA = 'bullmq';
const POOL_SIZE = 20;

/** What every process stands on, whatever its role. */
export interface Foundations {
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly keys: KeyRing;
  readonly database: Database;
  readonly queues: Queues;
  readonly live: Live;
  readonly http: HttpClient;
  readonly onQueueError: (where: string, error: unknown) => void;
  close(): Promise<void>;
}

/** `ownHosts`: addresses of this process that its own sandbox may be called at. */
export async function openFoundations(settings: Settings, ownHosts: readonly string[]): Promise<Foundations> {
  const log = createLogger({ level: settings.logLevel === 'fatal' ? 'error' : settings.logLevel });
  const keys = await openKeyRing(settings);
  const prepared = await prepareDatabase({
    dataDir: settings.dataDir,
    databaseUrl: settings.databaseUrl,
    roleSeed: settings.databaseUrl ? roleSeedOf(keys) : undefined,
    onLost: () => log.error('database.lost', {}),
  });
  const database = openDatabase({
    connection: prepared.app,
    poolSize: POOL_SIZE,
    statementTimeoutMs: settings.role === 'worker' ? 30_000 : 5_000,
    onConnectionLost: (error) => log.warn('database.connection-lost', { err: error }),
  });
  const onQueueError = quietLog(log, 'queue.error');
  const backend = await queueBackend(settings, prepared);
  const queues = createQueues(backend, onQueueError);
  const onRelayError = (error: unknown): void => onQueueError('relay', error);
  const live = createLive(createRelayTransport(backend, onRelayError), onRelayError);
  const http = createHttpClient({
    userAgent: 'WhatProHub',
    policy: {
      allowHosts: [...settings.egressAllowHosts, ...ownHosts],
      allowCidrs: settings.egressAllowCidrs,
      denyAddresses: ownServices(settings, prepared),
      httpAllowed: false,
    },
  });
  return {
    log,
    metrics: createMetrics(),
    keys,
    database,
    queues,
    live,
    http,
    onQueueError,
    async close() {
      await live.close();
      await queues.close();
      await http.close();
      await database.close();
      await prepared.leave();
    },
  };
}

export const keyFileOf = (settings: Settings): string => settings.keyFile ?? join(settings.dataDir, 'keys.txt');

export async function openKeyRing(settings: Settings): Promise<KeyRing> {
  const path = keyFileOf(settings);
  return createKeyRing(await loadOrCreateKeyFile(path), keyFileReread(path));
}

/** Of the oldest key, so that a new one on top does not change the passwords under processes that run. */
export const roleSeedOf = (keys: KeyRing): Secret => new Secret(keys.keyFor('database-roles', keys.ids().at(-1)).key.toString('base64'));

async function queueBackend(settings: Settings, prepared: PreparedDatabase): Promise<QueueBackend> {
  if (settings.redisUrl) return { kind: 'redis', url: settings.redisUrl.expose() };
  const connectionString = prepared.queue.expose();
  await prepareQueueSchema(connectionString, QUEUE_SCHEMA);
  return { kind: 'postgres', connectionString, schema: QUEUE_SCHEMA };
}

/** What a tenant's URL may never name, whatever the operator allows (SS-03). */
function ownServices(settings: Settings, prepared: PreparedDatabase): { host: string; port: number }[] {
  const urls = [prepared.app.expose(), ...(settings.redisUrl ? [settings.redisUrl.expose()] : [])].map((url) => new URL(url));
  return urls.map((url) => ({ host: url.hostname, port: Number(url.port) || (url.protocol.startsWith('redis') ? 6379 : 5432) }));
}
