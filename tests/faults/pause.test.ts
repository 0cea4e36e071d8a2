import { afterAll, beforeAll, expect, test } from 'vitest';
import { check } from '../support/fault-checkers.ts';
import { startCluster } from '../support/fault-cluster.ts';
import type { Cluster } from '../support/fault-cluster.ts';
import { createDriver, createGate } from '../support/fault-driver.ts';
import { disturbed, newHistory } from '../support/fault-history.ts';
import { pause, seededRandom } from '../support/fault-wire.ts';
import { printSummary } from './campaign.ts';

const PAUSES = 5;
const LEASE_MS = 2_000;

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({ workers: 2, accounts: [{ chatwoot: 0, contacts: 12 }] });
});
afterAll(async () => cluster.close());

interface SettleRow {
  readonly lane: string;
  readonly epoch: number;
  readonly message: string;
  readonly outcome: string;
  readonly fenced: boolean;
}

/** Every settle writes down what it was told and whether it was let through. */
async function watchSettles(): Promise<() => Promise<SettleRow[]>> {
  const { rows } = cluster.postgres;
  await rows(`CREATE SCHEMA audit; CREATE TABLE audit.settle (n bigint GENERATED ALWAYS AS IDENTITY, lane uuid, epoch bigint, message uuid, outcome text, fenced boolean);
    GRANT USAGE ON SCHEMA audit TO hub_app; GRANT INSERT ON audit.settle TO hub_app`);
  const [found] = await rows<{ sql: string }>(
    `SELECT pg_get_functiondef('app.road_settle(uuid, uuid, uuid, bigint, uuid, jsonb, int)'::regprocedure) AS sql`,
  );
  const fence = `IF NOT FOUND THEN RETURN '{"fenced":true}'; END IF;`;
  const note = (fenced: boolean): string =>
    `INSERT INTO audit.settle (lane, epoch, message, outcome, fenced) VALUES (p_lane, p_epoch, p_message, v_outcome, ${fenced});`;
  if (!found?.sql.includes(fence)) throw new Error('road_settle has another fence than this test knows');
  await rows(found.sql.replace(fence, `IF NOT FOUND THEN ${note(true)} RETURN '{"fenced":true}'; END IF; ${note(false)}`));
  return () => rows<SettleRow>('SELECT lane, epoch::int, message, outcome, fenced FROM audit.settle ORDER BY n');
}

test('RL-06, RL-07: a worker that sleeps through 1.5 times its lease wakes up fenced: nothing out of order, at most one message doubled for each pause', async () => {
  const settles = await watchSettles();
  const random = seededRandom(7);
  const history = newHistory();
  const gate = createGate();
  const driver = createDriver({ ...cluster, history, gate, random, repeatedShare: 0.1, receiptsOutOfOrderShare: 0 });
  for (const peer of [...cluster.peers.chatwoots.map(({ chatwoot }) => chatwoot), cluster.peers.gateway.gateway])
    peer.faults.set({ latencyMs: { from: 50, to: 250 } });
  const contacts = cluster.accounts.flatMap((account) => account.contacts);
  const each = 25;
  const traffic = Promise.all(contacts.flatMap((contact) => [driver.write(contact, each), driver.answer(contact, each)]));
  const flow = setInterval(() => gate.release(1), Math.floor((PAUSES * LEASE_MS * 1.7) / (each * contacts.length * 2)));
  for (let round = 0; round < PAUSES; round += 1) {
    await pause(200 + random() * 200);
    const process = cluster.workers[round % 2]?.process;
    if (!process) throw new Error('a worker is missing');
    const sleep = disturbed(history, 'pause');
    process.send('SIGSTOP');
    await pause(LEASE_MS * 1.5);
    process.send('SIGCONT');
    sleep.untilMs = performance.now();
  }
  clearInterval(flow);
  gate.release(10_000);
  await traffic;
  await driver.settled();
  const drained = await cluster.drained(30_000);
  const found = check(history, cluster.peers, cluster.accounts);
  const rows = await settles();
  const applied = rows.filter(({ fenced }) => !fenced);
  const delivered = applied.filter(({ outcome }) => outcome === 'delivered').map(({ message }) => message);
  printSummary('Pauses', {
    pauses: PAUSES,
    accepted: found.accepted,
    lost: found.lost.length,
    reordered: found.reordered.length,
    duplicates: found.duplicates.length,
    'stale after newer': found.staleAfterNewer.length,
    'settles that were fenced': rows.length - applied.length,
    'settles applied': applied.length,
  });
  expect(drained).toBe(true);
  expect(found.lost).toEqual([]);
  expect(found.reordered).toEqual([]);
  expect(found.duplicates.length).toBeLessThanOrEqual(PAUSES);
  expect(found.duplicates.filter(({ because }) => because === null)).toEqual([]);
  expect(found.staleAfterNewer.length).toBeLessThanOrEqual(PAUSES);
  expect(rows.length - applied.length, 'the pauses struck: somebody came too late').toBeGreaterThan(0);
  expect(new Set(delivered).size, 'each message settled once').toBe(delivered.length);
  const newest = new Map<string, number>();
  const backwards = applied.filter(({ lane, epoch }) => {
    const before = newest.get(lane) ?? 0;
    newest.set(lane, Math.max(before, epoch));
    return epoch < before;
  });
  expect(backwards, 'no write of an older epoch after one of a newer').toEqual([]);
});
