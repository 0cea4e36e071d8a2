import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Agent, request } from 'undici';
import { changeUrl, useEmbeddedPostgres } from '../../server/src/platform/database/testing.ts';
import { hubClient, startBenchHub } from './bench-hub.ts';
import { startStubPeers } from './stub-peers.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    root: { type: 'string', default: process.cwd() },
    rounds: { type: 'string', default: '3' },
    bare: { type: 'string', default: '' },
    'node-flags': { type: 'string', default: '' },
  },
});
const agent = new Agent({ connections: 20, keepAliveTimeout: 60_000 });
const SECONDS = 3;
const IN_FLIGHT = 20;

/** Calls per second with so many in flight for some seconds. */
async function throughput(url: string, headers: Record<string, string>): Promise<number> {
  const endMs = performance.now() + SECONDS * 1_000;
  let calls = 0;
  await Promise.all(
    Array.from({ length: IN_FLIGHT }, async () => {
      while (performance.now() < endMs) {
        const answer = await request(url, { dispatcher: agent, headers });
        await answer.body.dump();
        if (answer.statusCode !== 200) throw new Error(`${url.split('?')[0]} answered ${answer.statusCode}`);
        calls += 1;
      }
    }),
  );
  return calls / SECONDS;
}

const median = (list: readonly number[]): number => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0;

function startBare(url: string, account: string): Promise<{ readonly port: number; readonly child: ChildProcess }> {
  const child = spawn(process.execPath, [values.bare, url, account], { cwd: values.root, stdio: ['ignore', 'pipe', 'inherit'] });
  return new Promise((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => resolve({ port: Number((JSON.parse(chunk.toString()) as { port: number }).port), child }));
    child.once('exit', (code) => reject(new Error(`the bare server ended with ${code}`)));
  });
}

const dataDir = await mkdtemp(join(tmpdir(), 'hub-bench-'));
const peers = await startStubPeers();
const rates = { HUB_RATE_ADDRESS: '0', HUB_RATE_PRINCIPAL: '0', HUB_RATE_ACCOUNT: '0' };
const hub = await startBenchHub({
  root: values.root,
  dataDir,
  env: rates,
  apart: false,
  nodeFlags: values['node-flags'].split(' ').filter(Boolean),
});
const database = await useEmbeddedPostgres({ dataDir });
let bare: { readonly port: number; readonly child: ChildProcess } | null = null;
try {
  const api = hubClient(hub.url);
  const account = String((await api('POST', '/accounts', { name: 'Bench' })).id);
  const server = await api('POST', `/accounts/${account}/provider-servers`, {
    provider: 'uazapi',
    name: 'stub',
    baseUrl: peers.gatewayUrl,
    adminSecret: 'bench-admin',
  });
  // A key may ask 6,000 times a minute: one for each round.
  const newKey = () => api('POST', `/accounts/${account}/api-keys`, { name: 'bench', scopes: ['provider-servers:read'], perMinute: 6_000 });
  const login = await fetch(`${hub.url}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'bench@example.com', password: 'bench-password-1' }),
  });
  const jwt = { authorization: `Bearer ${String(((await login.json()) as { accessToken: string }).accessToken)}` };
  bare = await startBare(changeUrl(database.admin, { database: 'hub' }).expose(), account);
  const input = encodeURIComponent(JSON.stringify({ json: { accountId: account, id: server.id } }));
  const trpc = `${hub.url}/trpc/providerServers.get?input=${input}`;

  const figures: Record<string, number[]> = { bare: [], jwt: [], apiKey: [] };
  await throughput(trpc, jwt);
  for (let round = 0; round < Number(values.rounds); round += 1) {
    figures.bare?.push(await throughput(`http://127.0.0.1:${bare.port}/one/${String(server.id)}`, {}));
    figures.jwt?.push(await throughput(trpc, jwt));
    figures.apiKey?.push(await throughput(trpc, { 'x-api-key': String((await newKey()).key) }));
  }
  for (let n = 0; n < 1_000; n += 1) await api('POST', '/accounts', { name: `Other ${n}` });
  const many = [];
  for (let round = 0; round < Number(values.rounds); round += 1) many.push(await throughput(trpc, jwt));
  const row = {
    scenario: 'authenticated tRPC read',
    barePerSecond: Math.round(median(figures.bare ?? [])),
    jwtPerSecond: Math.round(median(figures.jwt ?? [])),
    apiKeyPerSecond: Math.round(median(figures.apiKey ?? [])),
    jwtWith1000AccountsPerSecond: Math.round(median(many)),
    jwtToBare: Number((median(figures.jwt ?? []) / median(figures.bare ?? [])).toFixed(2)),
    apiKeyToJwt: Number((median(figures.apiKey ?? []) / median(figures.jwt ?? [])).toFixed(2)),
    manyToFew: Number((median(many) / median(figures.jwt ?? [])).toFixed(2)),
  };
  process.stdout.write(`${JSON.stringify(row)}\n`);
} finally {
  bare?.child.kill();
  await database.leave();
  await hub.stop();
  await peers.close();
  await rm(dataDir, { recursive: true, force: true });
}
