import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath, pathToFileURL } from 'node:url';

export interface HubProcess {
  readonly pid: number;
  /** The address of a process that listens. */
  readonly url: string | null;
  readonly ended: Promise<HubEnd>;
  readonly running: boolean;
  send(signal: 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'SIGCONT'): void;
  /** The end of what it wrote. */
  output(): string;
}

export interface HubEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export const operator = { email: 'op@example.com', password: 'password-1234' };
const root = fileURLToPath(new URL('../../', import.meta.url));
const program = `${root}server/dist/all.js`;
const endWithParent = pathToFileURL(`${root}tooling/end-with-parent.mjs`).href;
/** Settings of whoever runs the tests must not reach what is tested. */
const inherited = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(HUB_|DATABASE_URL$|REDIS_URL$|NODE_OPTIONS$|VITEST)/.test(name)),
);

/** One process of the built Hub, ready. Rejects with what it wrote when it ends before. */
export async function startHubProcess(settings: Readonly<Record<string, string>>): Promise<HubProcess> {
  return (await spawnHubProcess(settings)).ready;
}

/** The process at once, for killing it before it is ready. */
export async function spawnHubProcess(
  settings: Readonly<Record<string, string>>,
): Promise<{ readonly pid: number; readonly ready: Promise<HubProcess> }> {
  if (!existsSync(program)) throw new Error('The Hub is not built: run the tests with `npm test`, or build first.');
  const child = spawn(process.execPath, ['--import', endWithParent, program], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      ...inherited,
      HUB_OPERATOR_EMAIL: operator.email,
      HUB_OPERATOR_PASSWORD: operator.password,
      HUB_EGRESS_ALLOW_CIDRS: '127.0.0.0/8',
      HUB_LOG_LEVEL: 'warn',
      HUB_SANDBOX: 'on',
      HUB_PORT: '0',
      ...settings,
    },
  });
  let written = '';
  let running = true;
  const ended = new Promise<HubEnd>((resolve) => {
    child.once('exit', (code, signal) => {
      running = false;
      resolve({ code, signal });
    });
  });
  const ready = new Promise<HubProcess>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      written = `${written}${chunk.toString()}`.slice(-20_000);
    };
    child.stderr?.on('data', read);
    child.stdout?.on('data', (chunk: Buffer) => {
      read(chunk);
      const line = /^\{"event":"hub\.ready".*\}$/m.exec(written)?.[0];
      if (line === undefined) return;
      const { url } = JSON.parse(line) as { url: string | null };
      resolve({
        pid: child.pid ?? 0,
        url,
        ended,
        get running() {
          return running;
        },
        send: (signal) => void (running && child.kill(signal)),
        output: () => written,
      });
    });
    void ended.then(({ code, signal }) =>
      reject(new Error(`the Hub ended with ${code ?? signal} before it was ready:\n${written.slice(-3_000)}`)),
    );
  });
  ready.catch(() => undefined);
  return { pid: child.pid ?? 0, ready };
}

/** SIGTERM, and how it ended; SIGKILL after the time it promises. */
export async function endHubProcess(hub: HubProcess): Promise<HubEnd & { readonly ms: number }> {
  const startedMs = performance.now();
  hub.send('SIGTERM');
  const force = setTimeout(() => hub.send('SIGKILL'), 40_000);
  const end = await hub.ended;
  clearTimeout(force);
  return { ...end, ms: performance.now() - startedMs };
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

export interface HubClient {
  (method: 'GET' | 'POST', path: string, body?: unknown): Promise<Record<string, unknown>>;
}

/** The REST API, signed in as the operator. Throws for every answer that is no success. */
export async function signIn(url: string): Promise<HubClient> {
  let token = '';
  const call: HubClient = async (method, path, body) => {
    const answer = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text.slice(0, 300)}`);
    return (text ? JSON.parse(text) : {}) as Record<string, unknown>;
  };
  token = String((await call('POST', '/auth/login', operator)).accessToken);
  return call;
}
