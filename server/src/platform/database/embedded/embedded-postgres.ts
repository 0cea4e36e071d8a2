import { chown, mkdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Secret } from '#platform/crypto';
import type { DatabaseUrl } from '../database-url.ts';
import { fileProblem, StartProblem } from '../start-problem.ts';
import { findBinaries } from './binaries.ts';
import { createCluster } from './create-cluster.ts';
import { joinServer, type Membership } from './membership.ts';
import { readOrMakePasswords } from './passwords.ts';
import { findRunningServer, type RunningServer } from './postmaster-file.ts';
import { decideRunAs } from './run-as.ts';
import { startServer, type StartedServer } from './start-server.ts';

export interface EmbeddedOptions {
  /** Absolute. On a local disk of this machine; never given to two machines. */
  readonly dataDir: string;
  /** False only for tests: a crash of the machine may lose the data. */
  readonly durable?: boolean;
  /** The server went away although nobody asked it to. */
  readonly onLost?: () => void;
}

export interface EmbeddedPostgres {
  /** The superuser's address, at the database `postgres`. */
  readonly admin: DatabaseUrl;
  /** What the passwords of the Hub's roles are derived from. */
  readonly roleSeed: Secret;
  readonly pid: number;
  /** Close all other connections first. The last process to leave stops the server. */
  leave(): Promise<void>;
}

/** Crash recovery of a large database takes time; after this long without an answer the server is taken for stuck. */
const ANSWER_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 20_000;

/**
 * Uses the PostgreSQL of this data folder: finds it running, or starts it. Any number of processes may do so at the
 * same moment. The server belongs to none of them: it outlives a killed process and is found again by the next one.
 * Throws `StartProblem`.
 */
export async function useEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const place = await preparePlace(options.dataDir);
  const passwords = await readOrMakePasswords(place.dataDir);
  const durable = options.durable ?? true;
  await createCluster(place, passwords.superuser, durable);
  const { server, membership } = await joinOrStart(place, durable, passwords.superuser, options.onLost ?? (() => undefined));
  return {
    admin: new Secret(`postgresql://postgres:${passwords.superuser.expose()}@127.0.0.1:${server.port}/postgres?sslmode=disable`),
    roleSeed: passwords.roles,
    pid: server.pid,
    async leave() {
      if (await membership.leave()) await stopServer(place.cluster, server.pid);
      await membership.end();
    },
  };
}

type Place = Awaited<ReturnType<typeof preparePlace>>;

async function preparePlace(dataDir: string) {
  const folder = join(dataDir, 'postgres');
  try {
    // As root the server runs as another user, who must be able to walk through; the files inside are closed one by one.
    await mkdir(dataDir, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const real = await realpath(folder);
    const binaries = findBinaries();
    const runAs = decideRunAs([binaries.postgres, real].map((path) => join(path, '..')));
    if (runAs.owner !== undefined && (await stat(real)).uid !== runAs.owner.uid) await chown(real, runAs.owner.uid, runAs.owner.gid);
    return { dataDir: join(real, '..'), folder: real, cluster: join(real, 'data'), runAs, ...binaries };
  } catch (error) {
    throw error instanceof StartProblem ? error : fileProblem(folder, error);
  }
}

async function joinOrStart(
  place: Place,
  durable: boolean,
  password: Secret,
  onLost: () => void,
): Promise<{ server: RunningServer; membership: Membership }> {
  const deadline = Date.now() + ANSWER_WITHIN_MS;
  let starting: StartedServer | undefined;
  let starts = 0;
  for (;;) {
    const server = await findRunningServer(place.cluster);
    if (server !== undefined) {
      const answer = await joinServer({ port: server.port, password }, onLost);
      if (answer.ok) return { server, membership: answer.membership };
      if (answer.reason === 'password') throw wrongPassword(place);
    }
    const problem = starting === undefined ? undefined : await Promise.race([starting.ended, wait(40).then(() => undefined)]);
    if (problem !== undefined) {
      starting = undefined;
      // Losing the race for the cluster or for a port is no problem: the next round finds the winner or another port.
      if (problem.kind !== 'port-taken' && starts >= 3) throw problem;
      if (problem.kind === 'disk-full' || problem.kind === 'data-dir' || starts >= 6) throw problem;
    } else if (server === undefined && starting === undefined) {
      starting = await startServer(place, durable);
      starts += 1;
    } else {
      await wait(40);
    }
    if (Date.now() > deadline) {
      if (server !== undefined) await stopServer(place.cluster, server.pid);
      throw new StartProblem(
        'database-unreachable',
        'The embedded PostgreSQL does not answer.',
        `See ${join(place.folder, 'server.log')} and start again.`,
      );
    }
  }
}

/** SIGINT is PostgreSQL's fast shutdown: it ends connections, writes a checkpoint and stops. SIGQUIT leaves recovery to the next start. */
async function stopServer(cluster: string, pid: number): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    try {
      process.kill(pid, signal);
    } catch {
      return;
    }
    const deadline = Date.now() + STOP_WITHIN_MS;
    while (Date.now() < deadline) {
      if ((await findRunningServer(cluster))?.pid !== pid) return;
      await wait(20);
    }
  }
}

const wrongPassword = (place: Place): StartProblem =>
  new StartProblem(
    'database-password',
    `The password in ${join(place.dataDir, 'database.json')} does not open the database beside it.`,
    'Put back the database.json that was made together with this database.',
  );
