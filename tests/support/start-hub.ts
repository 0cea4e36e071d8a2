import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestDatabase } from './database.ts';
import { endHubProcess, operator, startHubProcess } from './fault-hub.ts';
import { borrowRolePasswords } from './role-passwords.ts';

export interface HubAnswer {
  readonly status: number;
  /** Null for an empty body. */
  readonly json: unknown;
}

export interface TestHub {
  readonly url: string;
  readonly pid: number;
  readonly dataDir: string;
  /** Below `/api/v1`, signed in as the operator. Throws for every answer that is no success. */
  api<Answer = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<Answer>;
  /** The same, with whatever it answers. */
  ask(method: string, path: string, body?: unknown): Promise<HubAnswer>;
  /** The end of what it wrote. */
  output(): string;
  /** SIGTERM; rejects when it does not end by itself. */
  stop(): Promise<void>;
  /** Keeps the data folder, so that another start can take over; `stop` of that one removes it. */
  kill9(): Promise<void>;
}

export interface TestHubOptions {
  /**
   * A database of the test server. It starts in a second, and its tables can be read past row level security. While the Hub
   * runs, the passwords of the database roles are the Hub's: no other test database can be made.
   */
  readonly database?: TestDatabase;
  /** Of a Hub that was killed. Absent: a new one. */
  readonly dataDir?: string;
  readonly settings?: Readonly<Record<string, string>>;
}

const root = fileURLToPath(new URL('../../', import.meta.url));
/** A signed-in session lives five minutes. */
const SIGN_IN_EVERY_MS = 200_000;

let built: Promise<void> | null = null;

/** One process of the built Hub on a port of its own, built first when it is stale, ready when this resolves. */
export async function startHub(options: TestHubOptions = {}): Promise<TestHub> {
  await (built ??= build());
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'hub-flow-')));
  const borrowed = options.database ? borrowRolePasswords() : null;
  const process = await startHubProcess({
    HUB_DATA_DIR: dataDir,
    ...(options.database && borrowed ? { DATABASE_URL: options.database.superuserUrl.expose(), HUB_KEY_FILE: borrowed.keyFile } : {}),
    ...options.settings,
  }).catch(async (error: unknown) => {
    await borrowed?.giveBack('forget');
    throw error;
  });
  const url = process.url ?? '';
  const ask = signedIn(url);
  return {
    url,
    pid: process.pid,
    dataDir,
    ask,
    async api<Answer>(method: string, path: string, body?: unknown) {
      const { status, json } = await ask(method, path, body);
      if (status < 200 || status > 299) throw new Error(`${method} ${path} answered ${status}: ${JSON.stringify(json)?.slice(0, 500)}`);
      return json as Answer;
    },
    output: () => process.output(),
    async stop() {
      const { code, signal } = await endHubProcess(process);
      await borrowed?.giveBack('forget');
      await rm(dataDir, { recursive: true, force: true });
      if (code !== 0) throw new Error(`the Hub ended with ${code ?? signal}:\n${process.output().slice(-2_000)}`);
    },
    async kill9() {
      process.send('SIGKILL');
      await process.ended;
      await borrowed?.giveBack('keep');
    },
  };
}

function signedIn(url: string): TestHub['ask'] {
  let token: Promise<string> | null = null;
  let sinceMs = 0;
  const call = async (method: string, path: string, body: unknown, bearer: string | null): Promise<HubAnswer> => {
    const answer = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, json: text === '' ? null : (JSON.parse(text) as unknown) };
  };
  const signIn = async (): Promise<string> => {
    const { status, json } = await call('POST', '/auth/login', operator, null);
    if (status !== 200) throw new Error(`signing in was answered ${status}: ${JSON.stringify(json)}`);
    return (json as { accessToken: string }).accessToken;
  };
  return async (method, path, body) => {
    if (token === null || performance.now() - sinceMs > SIGN_IN_EVERY_MS) {
      sinceMs = performance.now();
      token = signIn();
    }
    return call(method, path, body, await token);
  };
}

/** In a process of its own: the build's tools stay out of the test's memory. */
function build(): Promise<void> {
  const child = spawn(process.execPath, ['-e', "import('./tooling/build.mjs').then(({ build }) => build())"], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let written = '';
  child.stderr.on('data', (chunk: Buffer) => (written += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`the build failed:\n${written.slice(-3_000)}`))));
  });
}
