import { mkdir, writeFile } from 'node:fs/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { check } from '../support/fault-checkers.ts';
import type { Findings } from '../support/fault-checkers.ts';
import { startCluster } from '../support/fault-cluster.ts';
import type { Cluster, HubTables } from '../support/fault-cluster.ts';
import type { TakenRequest, TracedRequest } from '../support/fault-peers.ts';
import { createDriver, createGate } from '../support/fault-driver.ts';
import type { Gate } from '../support/fault-driver.ts';
import { disturbed, newHistory } from '../support/fault-history.ts';
import type { History } from '../support/fault-history.ts';
import { groupBy, pause, seededRandom, waitUntil } from '../support/fault-wire.ts';

export interface CampaignPlan {
  readonly seed: number;
  readonly messages: number;
  readonly contactsOfAccount: readonly number[];
  readonly kills: number;
  readonly unavailableShare: number;
  readonly droppedAnswers: number;
  readonly repeatedShare: number;
  readonly receiptsOutOfOrderShare: number;
}

export interface CampaignResult {
  readonly findings: Findings;
  readonly tables: HubTables;
  readonly drained: boolean;
  readonly history: History;
  readonly peers: { readonly taken: readonly TakenRequest[]; readonly trace: readonly TracedRequest[] };
  readonly ends: readonly { readonly role: string; readonly code: number | null; readonly ms: number }[];
  /** Workers that ended although nobody killed them, with the end of what they wrote. */
  readonly diedAlone: readonly string[];
  readonly summary: Readonly<Record<string, string | number>>;
}

/** Messages both ways while workers are killed, PostgreSQL crashes and the queue is emptied; then quiet, then the count. */
export async function runCampaign(plan: CampaignPlan): Promise<CampaignResult> {
  const random = seededRandom(plan.seed);
  const startedMs = performance.now();
  const stalls = monitorEventLoopDelay({ resolution: 10 });
  stalls.enable();
  const cluster = await startCluster({ workers: 2, accounts: plan.contactsOfAccount.map((contacts) => ({ chatwoot: 0, contacts })) });
  try {
    const readyMs = performance.now();
    const history = newHistory();
    const gate = createGate();
    const driver = createDriver({
      ...cluster,
      history,
      gate,
      random,
      repeatedShare: plan.repeatedShare,
      receiptsOutOfOrderShare: plan.receiptsOutOfOrderShare,
    });
    switchFaultsOn(cluster, plan, random);
    const ticking = driver.tick();
    const contacts = cluster.accounts.flatMap((account) => account.contacts);
    const each = Math.ceil(plan.messages / contacts.length / 2);
    const traffic = Promise.all([
      ...contacts.map((contact) => driver.write(contact, each)),
      ...contacts.map((contact) => driver.answer(contact, each)),
    ]);
    traffic.catch(() => undefined);

    const diedAlone = await disturb(cluster, { plan, history, gate, random, total: each * contacts.length * 2 });
    await traffic;
    const trafficMs = performance.now();
    await ticking.stop();
    await driver.settled();
    // Ticks of what is delivered while draining are not given any more: the count of what they should be is settled.
    const drained = await cluster.drained(60_000);
    const drainedMs = performance.now();
    if (!drained) process.stdout.write(`\n${await cluster.describe()}\n`);
    const tables = await cluster.tables();
    const findings = check(history, cluster.peers, cluster.accounts, new Set(tables.deadTexts));
    const ends = await cluster.end();
    const summary = summarise({
      plan,
      history,
      findings,
      tables,
      stallMs: stalls.max / 1e6,
      seconds: { ready: readyMs - startedMs, traffic: trafficMs - readyMs, drain: drainedMs - trafficMs },
    });
    const { taken, trace } = cluster.peers;
    return { findings, tables, drained, history, peers: { taken, trace }, ends, diedAlone, summary };
  } catch (error) {
    process.stdout.write(`\n${await cluster.describe()}\n`);
    throw error;
  } finally {
    await cluster.close();
  }
}

function switchFaultsOn({ peers }: Cluster, plan: CampaignPlan, random: () => number): void {
  const unavailable = plan.unavailableShare;
  for (const { chatwoot } of peers.chatwoots) chatwoot.faults.set({ seed: plan.seed, unavailable });
  peers.gateway.gateway.faults.set({ seed: plan.seed + 1, unavailable, webhooks: { lost: 0, repeated: plan.repeatedShare, delayMs: 50 } });
  peers.wire.drop = () => random() < plan.droppedAnswers;
}

interface Disturbing {
  readonly plan: CampaignPlan;
  readonly history: History;
  readonly gate: Gate;
  readonly random: () => number;
  readonly total: number;
}

/** Lets a share of the messages go, waits until they flow, kills a worker, starts it again, and so on; PostgreSQL and the queue in between. */
async function disturb(cluster: Cluster, { plan, history, gate, random, total }: Disturbing): Promise<string[]> {
  const { workers } = cluster;
  const diedAlone: string[] = [];
  const starts: Promise<void>[] = [];
  const share = Math.ceil(total / (plan.kills + 1));
  const postgresAt = Math.floor(plan.kills * 0.4);
  const queueAt = Math.floor(plan.kills * 0.7);
  for (let kill = 0; kill < plan.kills; kill += 1) {
    const before = gate.passed;
    gate.release(share);
    await waitUntil(() => gate.passed - before >= share * (0.2 + 0.5 * random()), 3_000, 5);
    if (kill === postgresAt) {
      const crash = disturbed(history, 'postgres');
      await cluster.postgres.crashAndStart();
      crash.untilMs = performance.now();
      await pause(50);
    }
    if (kill === queueAt) {
      disturbed(history, 'queue-emptied');
      await cluster.emptyQueue();
    }
    const index = random() < 0.5 ? 0 : 1;
    await waitUntil(() => workers.some(({ process }) => process !== null), 30_000, 5);
    const slot = workers[workers[index]?.process ? index : 1 - index];
    if (!slot) throw new Error('no worker to kill');
    disturbed(history, 'kill');
    await slot.kill();
    starts.push(slot.start().catch((error: unknown) => void diedAlone.push(String(error))));
  }
  gate.release(total);
  await Promise.all(starts);
  return diedAlone;
}

const seconds = (ms: number): string => (ms / 1_000).toFixed(1);

function summarise(run: {
  readonly plan: CampaignPlan;
  readonly history: History;
  readonly findings: Findings;
  readonly tables: HubTables;
  /** The longest time in which driver and peers did nothing: what the machine's other work costs. */
  readonly stallMs: number;
  readonly seconds: { readonly ready: number; readonly traffic: number; readonly drain: number };
}): Record<string, string | number> {
  const { history, findings, tables } = run;
  const count = (kind: History['disturbances'][number]['kind']): number => history.disturbances.filter((each) => each.kind === kind).length;
  const statuses = (list: readonly number[]): string =>
    [...groupBy(list, (status) => status)].map(([status, { length }]) => `${status}: ${length}`).join(', ') || 'none';
  return {
    seed: run.plan.seed,
    contacts: run.plan.contactsOfAccount.join(' + '),
    accepted: findings.accepted,
    'accepted inbound': history.accepted.filter(({ direction }) => direction === 'inbound').length,
    'accepted outbound': history.accepted.filter(({ direction }) => direction === 'outbound').length,
    'agent messages not accepted (answer: how many)': statuses(history.refused.map(({ status }) => status)),
    'gateway deliveries repeated after (answer: how many)':
      [...history.repeatedAfter].map(([status, times]) => `${status}: ${times}`).join(', ') || 'none',
    'repeated deliveries on purpose': history.repeats,
    'receipts (out of order)': `${history.receipts} (${history.receiptsOutOfOrder})`,
    'workers killed': count('kill'),
    'PostgreSQL crashes': count('postgres'),
    'queue emptied': count('queue-emptied'),
    delivered: findings.delivered,
    'dead letters': tables.deadTexts.length,
    lost: findings.lost.length,
    reordered: findings.reordered.length,
    'at a wrong account or chat': findings.misplaced.length,
    'duplicates at the peers / answers lost': `${findings.duplicates.length} / ${findings.answersLost}`,
    'answers lost, by reason': Object.entries(findings.answersLostBecause)
      .map(([because, times]) => `${because}: ${times}`)
      .join(', '),
    'stale after newer': findings.staleAfterNewer.length,
    'wrong ticks': findings.wrongTicks.length,
    'duplicates in the tables': tables.duplicates,
    'deadlocks since the crash': tables.deadlocks,
    'left pending, leased, due': `${tables.pending}, ${tables.leased}, ${tables.due}`,
    'longest stall of driver and peers, ms': Math.round(run.stallMs),
    'seconds (ready, traffic, drain)': `${seconds(run.seconds.ready)}, ${seconds(run.seconds.traffic)}, ${seconds(run.seconds.drain)}`,
  };
}

export function printSummary(title: string, summary: Readonly<Record<string, string | number>>): void {
  const width = Math.max(...Object.keys(summary).map(({ length }) => length));
  const lines = Object.entries(summary).map(([name, value]) => `  ${name.padEnd(width)}  ${value}`);
  process.stdout.write(`\n${title}\n${lines.join('\n')}\n\n`);
}

/** What a person needs to look into a run that failed. */
export async function keepJournal(name: string, result: Omit<CampaignResult, 'history'> & { readonly history: History }): Promise<string> {
  const folder = fileURLToPath(new URL('../.artifacts/', import.meta.url));
  await mkdir(folder, { recursive: true });
  const file = `${folder}${name}-${Date.now()}.json`;
  const plain = {
    ...result,
    history: { ...result.history, accepted: result.history.accepted.map(({ contact, ...rest }) => ({ ...rest, contact: contact.key })) },
  };
  await writeFile(
    file,
    JSON.stringify(plain, (_key, value: unknown) => (value instanceof Map ? Object.fromEntries(value) : value), 1),
  );
  return file;
}
