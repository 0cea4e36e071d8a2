import { spawn } from 'node:child_process';
import { open, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileProblem, StartProblem } from '../start-problem.ts';
import { explainOutput, serverEnvironment } from './create-cluster.ts';
import type { RunAs } from './run-as.ts';

interface ServerPlace {
  readonly folder: string;
  readonly cluster: string;
  readonly postgres: string;
  readonly runAs: RunAs;
}

/** Settings of the server beyond its defaults. Durability is given up only for tests. */
const settingsOf = (durable: boolean): readonly string[] => [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'timezone=UTC',
  'log_timezone=UTC',
  'max_connections=200',
  ...(durable ? [] : ['fsync=off', 'full_page_writes=off']),
];

export interface StartedServer {
  /** Resolves when the process is gone, with why, in case it ended by itself. */
  readonly ended: Promise<StartProblem>;
}

/** Starts the server on its own: no pipe, no terminal and no parent ends it. Several may try; PostgreSQL lets one own the cluster. */
export async function startServer(place: ServerPlace, durable: boolean): Promise<StartedServer> {
  const port = await choosePort(join(place.folder, 'port'));
  const logPath = join(place.folder, 'server.log');
  const log = await open(logPath, (await isLarge(logPath)) ? 'w' : 'a', 0o600).catch((error: unknown) => {
    throw fileProblem(logPath, error);
  });
  try {
    const { size: logStart } = await log.stat();
    const settings = settingsOf(durable).flatMap((setting) => ['-c', setting]);
    const { program, args, ...user } = place.runAs.command(place.postgres, ['-D', place.cluster, '-p', String(port), ...settings]);
    const child = spawn(program, args, {
      ...user,
      cwd: place.folder,
      env: serverEnvironment,
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    });
    child.unref();
    const gone = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', () => resolve(''));
    });
    const ended = gone.then(async (reason) =>
      explainOutput(place.folder, `${(await readFile(logPath)).subarray(logStart).toString()}\n${reason}`),
    );
    return { ended };
  } finally {
    await log.close();
  }
}

/** The port of last time when it is free, so that tools keep working; otherwise any. */
async function choosePort(memory: string): Promise<number> {
  const last = Number(await readFile(memory, 'utf8').catch(() => '0'));
  const port = Number.isInteger(last) && last > 0 && last < 65_536 ? await freePort(last).catch(() => freePort(0)) : await freePort(0);
  await writeFile(memory, String(port)).catch((error: unknown) => {
    throw fileProblem(memory, error);
  });
  return port;
}

async function freePort(wanted: number): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', reject);
    probe.listen(wanted, '127.0.0.1', resolve);
  });
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === 'string')
    throw new StartProblem('port-taken', 'No free port was found.', 'Free a port and start again.');
  return address.port;
}

async function isLarge(path: string): Promise<boolean> {
  const file = await open(path, 'r').catch(() => undefined);
  if (file === undefined) return false;
  const { size } = await file.stat();
  await file.close();
  return size > 5_000_000;
}
