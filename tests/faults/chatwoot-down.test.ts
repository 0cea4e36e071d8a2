import { afterAll, beforeAll, expect, test } from 'vitest';
import { check, latencies } from '../support/fault-checkers.ts';
import { startCluster } from '../support/fault-cluster.ts';
import type { Cluster } from '../support/fault-cluster.ts';
import { createDriver, createGate } from '../support/fault-driver.ts';
import type { Driver } from '../support/fault-driver.ts';
import type { FaultAccount } from '../support/fault-accounts.ts';
import { disturbed, newHistory } from '../support/fault-history.ts';
import type { AcceptedMessage } from '../support/fault-history.ts';
import { pause, percentile, seededRandom, waitUntil } from '../support/fault-wire.ts';
import { printSummary } from './campaign.ts';

const DOWN_SECONDS = Number(process.env.HUB_FAULT_DOWN_SECONDS ?? 12);
const WARM_UP_SECONDS = 3;
const BASELINE_SECONDS = 6;
/** Messages a second for each account and direction. */
const RATE = 10;
/** What the machine's other work may cost; the ratio itself is printed. */
const RATIO_MAX = 3;
const NOISE_MS = { p50: 40, p95: 250 };

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({
    workers: 2,
    accounts: [
      { chatwoot: 0, contacts: 10 },
      { chatwoot: 1, contacts: 10 },
    ],
  });
});
afterAll(async () => cluster.close());

test('RL-14: what is written while one account’s Chatwoot is down arrives after, in order, once; another account does not feel it', async () => {
  const [down, other] = cluster.accounts;
  if (!down || !other) throw new Error('two accounts are needed');
  const history = newHistory();
  const gates = { down: createGate(), other: createGate(), answers: createGate() };
  const open = (gate: ReturnType<typeof createGate>): Driver =>
    createDriver({ ...cluster, history, gate, random: seededRandom(11), repeatedShare: 0.2, receiptsOutOfOrderShare: 0 });
  const each = Math.ceil(((WARM_UP_SECONDS + BASELINE_SECONDS + DOWN_SECONDS) * RATE) / 10);
  const [downDriver, otherDriver, answerDriver] = [open(gates.down), open(gates.other), open(gates.answers)];
  const write = (driver: Driver, account: FaultAccount) => account.contacts.map((contact) => driver.write(contact, each));
  const traffic = Promise.all([
    ...write(downDriver, down),
    ...write(otherDriver, other),
    ...other.contacts.map((contact) => answerDriver.answer(contact, each)),
  ]);
  traffic.catch(() => undefined);

  const flow = async (seconds: number): Promise<{ readonly from: number; readonly to: number }> => {
    const from = performance.now();
    for (let index = 0; index < seconds * RATE; index += 1) {
      for (const gate of Object.values(gates)) gate.release(1);
      await pause(Math.max(0, from + ((index + 1) * 1_000) / RATE - performance.now()));
    }
    return { from, to: performance.now() };
  };

  const peer = cluster.peers.chatwoots[0]?.chatwoot;
  // A stranger's first message costs more: everybody is known before anything is measured.
  await flow(WARM_UP_SECONDS);
  await waitUntil(async () => (await cluster.tables()).pending === 0, 20_000, 200);
  const baseline = await flow(BASELINE_SECONDS);
  const outage = disturbed(history, 'down');
  peer?.faults.set({ down: true });
  const during = await flow(DOWN_SECONDS);
  const waiting = (await cluster.tables()).pending;
  peer?.faults.set({ down: false });
  outage.untilMs = performance.now();
  for (const gate of Object.values(gates)) gate.release(10_000);
  await traffic;
  await Promise.all([downDriver.settled(), otherDriver.settled()]);
  const drained = await cluster.drained(60_000);
  const drainMs = performance.now() - outage.untilMs;

  const found = check(history, cluster.peers, cluster.accounts);
  const tables = await cluster.tables();
  const measure = (direction: 'inbound' | 'outbound', span: { readonly from: number; readonly to: number }) => {
    const inSpan = ({ sentMs }: AcceptedMessage): boolean => sentMs >= span.from && sentMs < span.to;
    const values = latencies(
      history,
      cluster.peers,
      cluster.accounts,
      (message) => message.contact.account.number === other.number && message.direction === direction && inSpan(message),
    );
    return { p50: percentile(values, 0.5), p95: percentile(values, 0.95) };
  };
  const figures = (['inbound', 'outbound'] as const).map((direction) => ({
    direction,
    before: measure(direction, baseline),
    meanwhile: measure(direction, during),
  }));
  const compare = (before: number, meanwhile: number): string =>
    `${before.toFixed(1)}, ${meanwhile.toFixed(1)}, ${(meanwhile / Math.max(before, 1)).toFixed(2)}`;
  printSummary('Chatwoot of one account down', {
    'seconds down': DOWN_SECONDS,
    accepted: found.accepted,
    'waiting at the end of the outage': waiting,
    'seconds until all had arrived': (drainMs / 1_000).toFixed(1),
    lost: found.lost.length,
    reordered: found.reordered.length,
    duplicates: found.duplicates.length,
    'dead letters': tables.deadTexts.length,
    ...Object.fromEntries(
      figures.flatMap(({ direction, before, meanwhile }) => [
        [`other account ${direction}: p50 ms before, meanwhile, ratio`, compare(before.p50, meanwhile.p50)],
        [`other account ${direction}: p95 ms before, meanwhile, ratio`, compare(before.p95, meanwhile.p95)],
      ]),
    ),
  });
  expect(drained).toBe(true);
  expect(waiting, 'the outage struck').toBeGreaterThan(DOWN_SECONDS * RATE * 0.5);
  expect(found.lost).toEqual([]);
  expect(found.reordered).toEqual([]);
  expect(found.duplicates).toEqual([]);
  expect(found.misplaced).toEqual([]);
  expect(tables).toMatchObject({ deadTexts: [], duplicates: 0 });
  for (const { direction, before, meanwhile } of figures) {
    expect(meanwhile.p50, `median, ${direction}, of the other account`).toBeLessThanOrEqual(before.p50 * RATIO_MAX + NOISE_MS.p50);
    expect(meanwhile.p95, `p95, ${direction}, of the other account`).toBeLessThanOrEqual(before.p95 * RATIO_MAX + NOISE_MS.p95);
  }
});
