import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestDatabase } from './database.ts';
import { operator } from './fault-hub.ts';
import { borrowRolePasswords } from './role-passwords.ts';

export interface HeardHub {
  readonly url: string;
  readonly metricsUrl: string;
  /** All it ever wrote. */
  written(): string;
  stop(): Promise<void>;
}

const root = fileURLToPath(new URL('../../', import.meta.url));
const inherited = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(HUB_|DATABASE_URL$|REDIS_URL$|NODE_OPTIONS$|VITEST)/.test(name)),
);

/** One process of the built Hub of which every word is kept. */
export async function startHeardHub(database: TestDatabase, settings: Readonly<Record<string, string>>): Promise<HeardHub> {
  await run(['-e', "import('./tooling/build.mjs').then(({ build }) => build())"]);
  const dataDir = await mkdtemp(join(tmpdir(), 'hub-heard-'));
  const { keyFile, giveBack } = borrowRolePasswords();
  let written = '';
  const child = spawn(process.execPath, ['--import', './tooling/end-with-parent.mjs', 'server/dist/all.js'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      ...inherited,
      HUB_DATA_DIR: dataDir,
      DATABASE_URL: database.superuserUrl.expose(),
      HUB_KEY_FILE: keyFile,
      HUB_OPERATOR_EMAIL: operator.email,
      HUB_OPERATOR_PASSWORD: operator.password,
      HUB_EGRESS_ALLOW_CIDRS: '127.0.0.0/8',
      HUB_PORT: '0',
      ...settings,
    },
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.stderr?.on('data', (chunk: Buffer) => (written += chunk.toString()));
  const ready = await new Promise<{ readonly url: string; readonly metricsUrl: string }>((resolve, reject) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      written += chunk.toString();
      const line = /^\{"event":"hub\.ready".*\}$/m.exec(written)?.[0];
      if (line !== undefined) resolve(JSON.parse(line) as { url: string; metricsUrl: string });
    });
    void ended.then(() => reject(new Error(`the Hub ended:\n${written.slice(-3_000)}`)));
  });
  return {
    ...ready,
    written: () => written,
    async stop() {
      child.kill('SIGTERM');
      await ended;
      await giveBack('forget');
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

function run(parameters: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, parameters, { cwd: root, stdio: 'ignore' });
  return new Promise((resolve, reject) => child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error('the build failed')))));
}
