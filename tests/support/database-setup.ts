import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import {
  changeUrl,
  connectForStart,
  findRunningServer,
  migrateAndCheck,
  useEmbeddedPostgres,
} from '../../server/src/platform/database/testing.ts';

/** What every test file gets: where the server is and what the role passwords are derived from. */
export interface TestServer {
  readonly admin: string;
  readonly roleSeed: string;
}

declare module 'vitest' {
  export interface ProvidedContext {
    testServer: TestServer;
  }
}

export const templateName = 'hub_template';
const folderName = 'hub-tests-';

/** One PostgreSQL per run with a migrated template database. Several projects of one run share it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const run = runOfThisProcess();
  run.users += 1;
  run.server ??= startServer();
  try {
    const { admin, roleSeed } = await run.server;
    project.provide('testServer', { admin, roleSeed });
  } catch (error) {
    run.users -= 1;
    throw error;
  }
  return async () => {
    run.users -= 1;
    if (run.users === 0) await (await run.server)?.stop();
  };
}

type RunningServer = TestServer & { stop(): Promise<void> };

async function startServer(): Promise<RunningServer> {
  await removeAbandoned();
  const folder = await mkdtemp(join(tmpdir(), `${folderName}${process.pid}-`));
  let leave: () => Promise<void> = async () => undefined;
  const stop = async (): Promise<void> => {
    await leave();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    // Started by root, PostgreSQL runs as another user, who has to walk through.
    await chmod(folder, 0o711);
    const server = await useEmbeddedPostgres({ dataDir: folder, durable: false });
    leave = () => server.leave();
    const client = await connectForStart(server.admin);
    await client.query(`CREATE DATABASE ${templateName}`).finally(() => client.end());
    await migrateAndCheck(changeUrl(server.admin, { database: templateName }), server.roleSeed);
    return { admin: server.admin.expose(), roleSeed: server.roleSeed.expose(), stop };
  } catch (error) {
    // Vitest runs no teardown for a setup that failed.
    await stop();
    throw error;
  }
}

/** A run that was killed leaves its server and folder behind. */
async function removeAbandoned(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = /^hub-tests-(\d+)-/.exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    const folder = join(tmpdir(), name);
    if ((await findRunningServer(join(folder, 'postgres', 'data'))) !== undefined)
      await (await useEmbeddedPostgres({ dataDir: folder, durable: false })).leave();
    await rm(folder, { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Each project loads this file anew; the process is what they have in common. */
function runOfThisProcess(): { users: number; server?: Promise<RunningServer> } {
  const holder = globalThis as typeof globalThis & { [runKey]?: { users: number; server?: Promise<RunningServer> } };
  return (holder[runKey] ??= { users: 0 });
}
const runKey = Symbol.for('whatpro-hub.test-server');
