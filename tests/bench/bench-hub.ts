import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';

export interface BenchHub {
  readonly url: string;
  readonly pids: readonly number[];
  /** User and system time of the Hub's processes so far, in milliseconds. PostgreSQL is not counted. */
  cpuMs(): number;
  /** Resident memory of the Hub's processes now, in MiB. */
  rssMb(): number;
  stop(): Promise<void>;
}

const OPERATOR = { email: 'bench@example.com', password: 'bench-password-1' };
const TICKS_PER_SECOND = 100;

/** Starts the built Hub: one process, or api and worker apart. */
export async function startBenchHub(options: {
  readonly root: string;
  readonly dataDir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly apart: boolean;
  readonly nodeFlags: readonly string[];
}): Promise<BenchHub> {
  const port = await freePort();
  const common = {
    ...process.env,
    HUB_DATA_DIR: options.dataDir,
    HUB_PORT: String(port),
    HUB_OPERATOR_EMAIL: OPERATOR.email,
    HUB_OPERATOR_PASSWORD: OPERATOR.password,
    HUB_SANDBOX: 'off',
    HUB_EGRESS_ALLOW_CIDRS: '127.0.0.0/8',
    HUB_LOG_LEVEL: 'warn',
    NODE_ENV: 'production',
    ...options.env,
  };
  const children: ChildProcess[] = [];
  for (const role of options.apart ? ['api', 'worker'] : ['all'])
    children.push(await start(options.root, options.nodeFlags, { ...common, HUB_ROLE: role }));
  const pids = children.map((child) => child.pid ?? 0);
  return {
    url: `http://127.0.0.1:${port}`,
    pids,
    cpuMs: () => pids.reduce((sum, pid) => sum + cpuOf(pid), 0),
    rssMb: () => Math.round(pids.reduce((sum, pid) => sum + rssOf(pid), 0)),
    async stop() {
      for (const child of children.toReversed()) await end(child);
    },
  };
}

/** A signed-in client: the token is renewed before it ends. */
export function hubClient(url: string): (method: string, path: string, body?: unknown) => Promise<Record<string, unknown>> {
  let token = '';
  let signedInMs = -Infinity;
  const ask = async (method: string, path: string, body?: unknown): Promise<Record<string, unknown>> => {
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text.slice(0, 300)}`);
    return text ? (JSON.parse(text) as Record<string, unknown>) : {};
  };
  return async (method, path, body) => {
    if (performance.now() - signedInMs > 240_000) {
      token = '';
      token = String((await ask('POST', '/auth/login', OPERATOR)).accessToken);
      signedInMs = performance.now();
    }
    return ask(method, path, body);
  };
}

function start(root: string, nodeFlags: readonly string[], env: NodeJS.ProcessEnv): Promise<ChildProcess> {
  const child = spawn(process.execPath, [...nodeFlags, `${root}/server/dist/all.js`], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return new Promise((resolve, reject) => {
    let output = '';
    const give = (chunk: Buffer): void => {
      output = `${output}${chunk.toString()}`.slice(-4_000);
      if (output.includes('"hub.ready"')) resolve(child);
    };
    child.stdout.on('data', give);
    child.stderr.on('data', give);
    child.once('exit', (code) => reject(new Error(`the Hub ended with ${code}: ${output}`)));
  });
}

function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}

function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return ((Number(fields[11]) + Number(fields[12])) * 1_000) / TICKS_PER_SECOND;
}

function rssOf(pid: number): number {
  const kb = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kb ?? 0) / 1_024;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
