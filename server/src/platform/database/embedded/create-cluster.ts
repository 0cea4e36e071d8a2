import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chown, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Secret } from '#platform/crypto';
import { fileProblem, StartProblem } from '../start-problem.ts';
import { isAlive } from './postmaster-file.ts';
import type { RunAs } from './run-as.ts';

interface Place {
  /** Holds the cluster, its log and its port. Owned by the user who runs the server. */
  readonly folder: string;
  readonly cluster: string;
  readonly initdb: string;
  readonly runAs: RunAs;
}

const supportedVersion = '18';

/** Makes the cluster in a draft folder and moves it into place: of several processes one wins, and a kill leaves no half cluster. */
export async function createCluster(place: Place, superuserPassword: Secret, durable: boolean): Promise<void> {
  await waitForAnotherMaker(place.folder);
  const version = await readFile(join(place.cluster, 'PG_VERSION'), 'utf8').catch(() => undefined);
  if (version?.trim() === supportedVersion) return;
  if (version !== undefined) {
    throw new StartProblem(
      'database-version',
      `The data in ${place.cluster} belongs to PostgreSQL ${version.trim()}, and this Hub brings PostgreSQL ${supportedVersion}.`,
      'Move the data with pg_dump and pg_restore, or start the Hub version it was made with.',
    );
  }
  const name = `draft-${process.pid}-${randomUUID()}`;
  const draft = join(place.folder, name);
  const passwordFile = join(place.folder, `${name}.password`);
  try {
    await mkdir(draft, { mode: 0o700 });
    await writeFile(passwordFile, superuserPassword.expose(), { mode: 0o600 });
    if (place.runAs.owner !== undefined) {
      await chown(draft, place.runAs.owner.uid, place.runAs.owner.gid);
      await chown(passwordFile, place.runAs.owner.uid, place.runAs.owner.gid);
    }
    await runInitdb(place, [
      `--pgdata=${draft}`,
      `--pwfile=${passwordFile}`,
      '--username=postgres',
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      ...(durable ? [] : ['--no-sync']),
    ]);
    await rename(draft, place.cluster).catch((error: unknown) => {
      if (!(error instanceof Error && 'code' in error && (error.code === 'ENOTEMPTY' || error.code === 'EEXIST'))) throw error;
    });
  } catch (error) {
    throw error instanceof StartProblem ? error : fileProblem(place.folder, error);
  } finally {
    await rm(passwordFile, { force: true });
    await rm(draft, { recursive: true, force: true });
  }
}

/** Saves the work of making a second one; correctness does not depend on it. Drafts of killed processes are removed. */
async function waitForAnotherMaker(folder: string): Promise<void> {
  for (let turn = 0; turn < 600; turn++) {
    let beingMade = false;
    for (const entry of await readdir(folder)) {
      const maker = /^draft-(\d+)-/.exec(entry)?.[1];
      if (maker === undefined) continue;
      if (Number(maker) !== process.pid && isAlive(Number(maker))) beingMade = true;
      else if (Number(maker) !== process.pid) await rm(join(folder, entry), { recursive: true, force: true });
    }
    if (!beingMade) return;
    await wait(50);
  }
}

async function runInitdb(place: Place, flags: readonly string[]): Promise<void> {
  const { program, args, ...user } = place.runAs.command(place.initdb, flags);
  const child = spawn(program, args, { ...user, cwd: place.folder, env: serverEnvironment, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const keep = (chunk: Buffer): void => void (output = (output + chunk.toString()).slice(-4_000));
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
  if (code !== 0) throw explainOutput(place.folder, output);
}

/** Of the surroundings only these reach the server: a locale that is not installed or a stray PGPORT would change it. */
export const serverEnvironment = { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/local/bin:/usr/bin:/bin' };

/** A start problem from what initdb or the server wrote. */
export function explainOutput(folder: string, output: string): StartProblem {
  if (output.includes('No space left on device') || output.includes('Disk quota exceeded')) return fileProblem(folder, { code: 'ENOSPC' });
  if (/could not bind|Address already in use/.test(output)) {
    return new StartProblem(
      'port-taken',
      'Another program took the port of the embedded PostgreSQL.',
      'Start again; another port is chosen.',
    );
  }
  const lastLines = output.trim().split('\n').slice(-4).join(' ').slice(0, 500);
  if (output.includes('Permission denied')) {
    return new StartProblem(
      'data-dir',
      `The embedded PostgreSQL may not use ${folder}: ${lastLines}`,
      'Check who owns the folder, or set HUB_DATA_DIR.',
    );
  }
  return new StartProblem(
    'database-unreachable',
    `The embedded PostgreSQL did not start: ${lastLines}`,
    `See ${join(folder, 'server.log')}.`,
  );
}
