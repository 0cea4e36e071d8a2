import { rm } from 'node:fs/promises';
import { makeAccounts } from './fault-accounts.ts';
import type { FaultAccount } from './fault-accounts.ts';
import { endHubProcess, freePort, signIn, startHubProcess } from './fault-hub.ts';
import type { HubClient, HubProcess } from './fault-hub.ts';
import { startFaultPeers } from './fault-peers.ts';
import type { FaultPeers } from './fault-peers.ts';
import { newFaultFolder, startFaultPostgres } from './fault-postgres.ts';
import type { FaultPostgres } from './fault-postgres.ts';
import { startTap } from './fault-tap.ts';
import type { Tap } from './fault-tap.ts';
import { waitUntil } from './fault-wire.ts';

/** A worker that may be killed and started again. */
export interface WorkerSlot {
  /** Null while it starts. */
  readonly process: HubProcess | null;
  /** Ends it at once; nothing runs here until `start`. */
  kill(): Promise<void>;
  start(): Promise<void>;
}

export interface Cluster {
  readonly postgres: FaultPostgres;
  readonly peers: FaultPeers;
  readonly tap: Tap;
  readonly api: HubProcess;
  readonly hub: HubClient;
  readonly workers: readonly WorkerSlot[];
  readonly accounts: readonly FaultAccount[];
  /** Ids, states and texts of what the Hub holds. */
  tables(): Promise<HubTables>;
  /** True when nothing is pending, due or leased any more. */
  drained(withinMs: number): Promise<boolean>;
  emptyQueue(): Promise<void>;
  /** For a person: which lanes still hold something, and the end of what each process wrote. */
  describe(): Promise<string>;
  /** SIGTERM to every process, and how each ended. */
  end(): Promise<{ readonly role: string; readonly code: number | null; readonly ms: number }[]>;
  close(): Promise<void>;
}

export interface HubTables {
  readonly pending: number;
  readonly leased: number;
  readonly due: number;
  readonly threads: number;
  readonly earlyReceipts: number;
  /** Rows that say the same as another row: a message, a raw event. */
  readonly duplicates: number;
  readonly deadTexts: readonly string[];
  /** Since PostgreSQL's last start. */
  readonly deadlocks: number;
}

export interface ClusterPlan {
  readonly workers: number;
  /** For each account: which Chatwoot (from 0), how many contacts. */
  readonly accounts: readonly { readonly chatwoot: number; readonly contacts: number }[];
  readonly settings?: Readonly<Record<string, string>>;
}

/** One api, some workers and PostgreSQL as processes of their own; peers and tap in this one. Lease 2 s. */
export async function startCluster(plan: ClusterPlan): Promise<Cluster> {
  const folder = await newFaultFolder();
  const undo: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  const close = async (): Promise<void> => {
    for (const step of undo.splice(0).toReversed()) await step();
  };
  try {
    const postgres = await startFaultPostgres(folder);
    undo.push(() => postgres.stop());
    const peers = await startFaultPeers({ chatwoots: accountsByChatwoot(plan) });
    undo.push(() => peers.close());
    const tap = await startTap();
    undo.push(() => tap.close());
    const settings = {
      HUB_DATA_DIR: folder,
      DATABASE_URL: postgres.url,
      HUB_LEASE_SECONDS: '2',
      HUB_PUBLIC_URL: tap.url,
      ...plan.settings,
    };
    const api = await startHubProcess({ ...settings, HUB_ROLE: 'api', HUB_PORT: String(await freePort()) });
    undo.push(() => endHubProcess(api));
    tap.aim(api.url ?? '');
    const workers = Array.from({ length: plan.workers }, () => workerSlot({ ...settings, HUB_ROLE: 'worker' }));
    undo.push(() => Promise.all(workers.map((worker) => worker.kill())));
    await Promise.all(workers.map((worker) => worker.start()));
    const hub = await signIn(api.url ?? '');
    const accounts = await makeAccounts(hub, peers, tap, plan.accounts);
    const ids = accounts.map(({ hubAccountId }) => `'${hubAccountId}'`).join(', ');
    const tables = () => readTables(postgres, ids);
    return {
      postgres,
      peers,
      tap,
      api,
      hub,
      workers,
      accounts,
      tables,
      drained: (withinMs) =>
        waitUntil(
          async () => {
            const { pending, leased, due } = await tables();
            return pending + leased + due === 0;
          },
          withinMs,
          200,
        ),
      emptyQueue: () => emptyQueue(postgres),
      async describe() {
        const lanes = await postgres.rows(
          `SELECT l.id, t.name, l.direction, l.due_at - clock_timestamp() AS due, l.lease_until - clock_timestamp() AS lease, l.failures, l.epoch,
             (SELECT count(*)::int FROM app.message m WHERE m.account_id = l.account_id AND m.lane_id = l.id AND m.state = 'pending') AS pending,
             (SELECT m.cause FROM app.message m WHERE m.account_id = l.account_id AND m.lane_id = l.id AND m.state = 'pending' ORDER BY m.seq LIMIT 1) AS cause
           FROM app.lane l JOIN app.thread t ON t.account_id = l.account_id AND t.id = l.thread_id
           WHERE (l.due_at IS NOT NULL OR l.lease_until IS NOT NULL) AND l.account_id IN (${ids}) LIMIT 20`,
        );
        const outputs = [api, ...workers.flatMap(({ process }) => process ?? [])].map(
          (each) => `--- ${each.pid}\n${each.output().slice(-3_000)}`,
        );
        return `${lanes.map((lane) => JSON.stringify(lane)).join('\n')}\n${outputs.join('\n')}`;
      },
      async end() {
        const processes = [
          ...workers.flatMap(({ process }) => (process ? [{ role: 'worker', process }] : [])),
          { role: 'api', process: api },
        ];
        return Promise.all(processes.map(async ({ role, process }) => ({ role, ...(await endHubProcess(process)) })));
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function accountsByChatwoot({ accounts }: ClusterPlan): number[][] {
  const count = Math.max(...accounts.map(({ chatwoot }) => chatwoot)) + 1;
  return Array.from({ length: count }, (_, index) => accounts.flatMap(({ chatwoot }, number) => (chatwoot === index ? [number + 1] : [])));
}

function workerSlot(settings: Readonly<Record<string, string>>): WorkerSlot {
  let running: HubProcess | null = null;
  return {
    get process() {
      return running?.running === true ? running : null;
    },
    async kill() {
      running?.send('SIGKILL');
      await running?.ended;
      running = null;
    },
    async start() {
      running = await startHubProcess(settings);
    },
  };
}

/** Every table of the queue's schema but its list of migrations. */
async function emptyQueue(postgres: FaultPostgres): Promise<void> {
  const tables = await postgres.rows<{ name: string }>(
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname = 'bullmq' AND tablename !~ 'migration'`,
  );
  if (tables.length === 0) throw new Error('the queue has no tables');
  await postgres.rows(`TRUNCATE ${tables.map(({ name }) => name).join(', ')}`);
}

async function readTables(postgres: FaultPostgres, ids: string): Promise<HubTables> {
  const [row] = await postgres.rows<HubTables>(`
    SELECT (SELECT count(*)::int FROM app.message WHERE state = 'pending' AND account_id IN (${ids})) AS pending,
      (SELECT count(*)::int FROM app.lane WHERE lease_until IS NOT NULL AND account_id IN (${ids})) AS leased,
      (SELECT count(*)::int FROM app.lane WHERE due_at IS NOT NULL AND account_id IN (${ids})) AS due,
      (SELECT count(*)::int FROM app.thread WHERE account_id IN (${ids})) AS threads,
      (SELECT count(*)::int FROM app.early_receipt WHERE account_id IN (${ids})) AS "earlyReceipts",
      (SELECT (count(*) - count(DISTINCT (account_id, instance_id, direction, content ->> 'text')))::int FROM app.message WHERE account_id IN (${ids}))
        + (SELECT (count(*) - count(DISTINCT (account_id, endpoint_id, key)))::int FROM app.raw_event WHERE account_id IN (${ids})) AS duplicates,
      (SELECT deadlocks::int FROM pg_stat_database WHERE datname = 'hub') AS deadlocks,
      ARRAY(SELECT content ->> 'text' FROM app.message WHERE state = 'dead' AND account_id IN (${ids})) AS "deadTexts"`);
  if (!row) throw new Error('no figures');
  return row;
}
