import { chmod, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { changeUrl, connectForStart, findRunningServer, useEmbeddedPostgres } from '../../server/src/platform/database/testing.ts';
import { waitUntil } from './fault-wire.ts';

export interface FaultPostgres {
  /** The superuser's address at the Hub's database, for DATABASE_URL. */
  readonly url: string;
  /** Past row level security: for assertions and for planting faults. */
  rows<Row = Record<string, unknown>>(sql: string): Promise<Row[]>;
  /** Immediate shutdown (nothing is flushed) and a new start, which recovers. Resolves when it answers again. */
  crashAndStart(): Promise<void>;
  stop(): Promise<void>;
}

const folderName = 'hub-faults-';

/** A data folder of its own. What a run that was killed left behind, its PostgreSQL too, goes away first. */
export async function newFaultFolder(): Promise<string> {
  for (const name of await readdir(tmpdir())) {
    const pid = Number(new RegExp(`^${folderName}(\\d+)-`).exec(name)?.[1] ?? Number.NaN);
    if (Number.isNaN(pid) || isAlive(pid)) continue;
    const folder = join(tmpdir(), name);
    if (await findRunningServer(join(folder, 'postgres', 'data'))) await crash(folder);
    await rm(folder, { recursive: true, force: true });
  }
  return mkdtemp(join(tmpdir(), `${folderName}${process.pid}-`));
}

/** A durable PostgreSQL of its own with an empty database `hub`, which a test may crash. */
export async function startFaultPostgres(folder: string): Promise<FaultPostgres> {
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o711);
  const start = () => useEmbeddedPostgres({ dataDir: folder });
  let server = await start();
  const admin = await connectForStart(server.admin);
  await admin.query('CREATE DATABASE hub').finally(() => admin.end());
  const url = changeUrl(server.admin, { database: 'hub' }).expose();
  const open = (): pg.Pool => {
    const pool = new pg.Pool({ connectionString: url, max: 3, options: '-c TimeZone=UTC' });
    // What was idle when the server crashed.
    pool.on('error', () => undefined);
    return pool;
  };
  let pool = open();
  return {
    url,
    async rows<Row>(sql: string) {
      const result = (await pool.query(sql)) as unknown as { rows: Row[] } | { rows: Row[] }[];
      return (Array.isArray(result) ? result.at(-1)?.rows : result.rows) ?? [];
    },
    async crashAndStart() {
      await crash(folder);
      const before = server.admin.expose();
      server = await start();
      if (server.admin.expose() !== before) throw new Error('PostgreSQL came back on another port');
      await pool.end();
      pool = open();
    },
    async stop() {
      await pool.end();
      await server.leave();
    },
  };
}

/** SIGQUIT: PostgreSQL's immediate shutdown. */
export async function crash(dataDir: string, signal: 'SIGQUIT' | 'SIGKILL' = 'SIGQUIT'): Promise<void> {
  const cluster = join(dataDir, 'postgres', 'data');
  const running = await findRunningServer(cluster);
  if (!running) throw new Error('no PostgreSQL to crash');
  const children = signal === 'SIGKILL' ? await childrenOf(running.pid) : [];
  process.kill(running.pid, signal);
  const gone = await waitUntil(async () => (await findRunningServer(cluster))?.pid !== running.pid && !children.some(isAlive), 20_000);
  if (!gone) throw new Error('PostgreSQL did not go down');
}

async function childrenOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return text.split(' ').filter(Boolean).map(Number);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
