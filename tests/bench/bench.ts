import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { hubClient, startBenchHub } from './bench-hub.ts';
import type { BenchHub } from './bench-hub.ts';
import { runLoad } from './load.ts';
import type { Load, LoadResult } from './load.ts';
import { seedThreads } from './seed-threads.ts';
import { startStubPeers } from './stub-peers.ts';
import type { StubPeers } from './stub-peers.ts';

interface Row {
  readonly scenario: string;
  readonly messages: number;
  readonly messagesPerSecond: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly ackP99Ms: number;
  readonly cpuMsPerMessage: number;
  readonly rssMb: number;
  readonly chatwootCallsPerMessage: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly reordered: number;
}

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    root: { type: 'string', default: process.cwd() },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string' },
    'node-flags': { type: 'string', default: '' },
  },
});
const say = (line: string): void => void (values.json || process.stdout.write(`${line}\n`));

/** The figure of its list that this share of the list does not exceed. */
const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
const round = (value: number, digits = 1): number => Number(value.toFixed(digits));
const median = (rows: readonly Row[]): Row =>
  rows.toSorted((a, b) => a.messagesPerSecond - b.messagesPerSecond)[Math.floor(rows.length / 2)] as Row;

interface Bench {
  readonly mode: string;
  readonly hub: BenchHub;
  readonly peers: StubPeers;
}

async function measure({ mode, hub, peers }: Bench, scenario: string, load: Load): Promise<Row> {
  const cpuBefore = hub.cpuMs();
  const callsBefore = peers.chatwootCalls();
  const result: LoadResult = await runLoad(peers, load);
  return {
    scenario: `${mode} ${scenario}`,
    messages: result.messages,
    messagesPerSecond: round(result.messages / result.seconds),
    p50Ms: round(quantile(result.addedMs, 0.5)),
    p95Ms: round(quantile(result.addedMs, 0.95)),
    p99Ms: round(quantile(result.addedMs, 0.99)),
    ackP99Ms: round(quantile(result.ackMs, 0.99)),
    cpuMsPerMessage: round((hub.cpuMs() - cpuBefore) / result.messages, 2),
    rssMb: hub.rssMb(),
    chatwootCallsPerMessage: round((peers.chatwootCalls() - callsBefore) / result.messages, 2),
    lost: result.lost,
    duplicated: result.duplicated,
    reordered: result.reordered,
  };
}

async function withBench(
  mode: string,
  options: { readonly env: Record<string, string>; readonly apart: boolean },
  work: (bench: Bench) => Promise<void>,
): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'hub-bench-'));
  const peers = await startStubPeers();
  const hub = await startBenchHub({ root: values.root, dataDir, nodeFlags: values['node-flags'].split(' ').filter(Boolean), ...options });
  try {
    const api = hubClient(hub.url);
    const account = String((await api('POST', '/accounts', { name: 'Bench' })).id);
    const server = await api('POST', `/accounts/${account}/provider-servers`, {
      provider: 'uazapi',
      name: 'stub',
      baseUrl: peers.gatewayUrl,
      adminSecret: 'bench-admin',
    });
    const instance = await api('POST', `/accounts/${account}/instances`, { providerServerId: server.id, name: 'bench' });
    const link = await api('POST', `/accounts/${account}/chatwoot-links`, {
      baseUrl: peers.chatwootUrl,
      chatwootAccountId: 1,
      token: 'bench-token-1',
    });
    await api('POST', `/accounts/${account}/inboxes`, { instanceId: instance.id, chatwootLinkId: link.id, inboxName: 'bench' });
    await work({ mode, hub, peers });
    await (mode === 'postgres' && wanted('threads')
      ? flatness({ mode, hub, peers }, { dataDir, account, instance: String(instance.id) })
      : null);
  } finally {
    await hub.stop();
    await peers.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

const rows: Row[] = [];
const wanted = (name: string): boolean => !values.only || name.includes(values.only);

function report(row: Row): void {
  rows.push(row);
  if (values.json) process.stdout.write(`${JSON.stringify(row)}\n`);
  else {
    const {
      scenario,
      messagesPerSecond,
      p50Ms,
      p95Ms,
      p99Ms,
      ackP99Ms,
      cpuMsPerMessage,
      rssMb,
      chatwootCallsPerMessage,
      lost,
      duplicated,
      reordered,
    } = row;
    say(
      `${scenario.padEnd(38)} ${String(messagesPerSecond).padStart(7)}/s  p50 ${p50Ms}  p95 ${p95Ms}  p99 ${p99Ms}  ack p99 ${ackP99Ms} ms  cpu ${cpuMsPerMessage} ms  rss ${rssMb} MB  calls ${chatwootCallsPerMessage}  lost ${lost} dup ${duplicated} reordered ${reordered}`,
    );
  }
}

async function scenarios(bench: Bench): Promise<void> {
  const rounds = Number(values.rounds);
  const burst = { messages: 1_000, contacts: 50, inFlight: 20, contactsFrom: 1 } as const;
  report(await measure(bench, 'inbound cold contacts', { direction: 'inbound', messages: 50, contacts: 50, inFlight: 4, contactsFrom: 1 }));
  await runLoad(bench.peers, { direction: 'inbound', ...burst });
  for (const direction of ['inbound', 'outbound'] as const) {
    const measured: Row[] = [];
    for (let index = 0; index < rounds; index += 1)
      measured.push(await measure(bench, `${direction} burst of 1000`, { direction, ...burst }));
    report(median(measured));
    report(
      await measure(bench, `${direction} at 20/s`, {
        direction,
        messages: 300,
        contacts: 50,
        inFlight: 20,
        perSecond: 20,
        contactsFrom: 1,
      }),
    );
  }
}

/** The same burst with 100 and with 100,000 threads in the database. */
async function flatness(bench: Bench, where: { dataDir: string; account: string; instance: string }): Promise<void> {
  const burst = { direction: 'inbound', messages: 1_000, contacts: 50, inFlight: 20, contactsFrom: 1 } as const;
  const run = async (name: string): Promise<Row> => {
    const measured: Row[] = [];
    for (let index = 0; index < Number(values.rounds); index += 1) measured.push(await measure(bench, name, burst));
    return median(measured);
  };
  const few = await run('threads: 100');
  report(few);
  await seedThreads({ ...where, threads: 100_000 });
  const many = await run('threads: 100,000');
  report(many);
  say(
    `  cost with 100,000 threads is ${round(many.cpuMsPerMessage / few.cpuMsPerMessage, 2)} times that with 100 (cpu), throughput ${round(many.messagesPerSecond / few.messagesPerSecond, 2)} times`,
  );
}

say(
  `load of the machine before: ${loadavg()
    .map((value) => value.toFixed(1))
    .join(' ')}`,
);
await withBench('postgres', { env: {}, apart: false }, async (bench) => (wanted('burst') ? scenarios(bench) : undefined));
const redisUrl = process.env.REDIS_URL;
if (redisUrl && wanted('redis')) await withBench('redis, api + worker', { env: { REDIS_URL: redisUrl }, apart: true }, scenarios);
else say('Redis mode: not run (set REDIS_URL to a Redis of your own).');
say(
  `load of the machine after: ${loadavg()
    .map((value) => value.toFixed(1))
    .join(' ')}`,
);
if (rows.some((row) => row.lost + row.reordered > 0)) process.exitCode = 1;
