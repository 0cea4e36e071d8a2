import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { check } from '../support/fault-checkers.ts';
import type { Findings } from '../support/fault-checkers.ts';
import { startCluster } from '../support/fault-cluster.ts';
import type { Cluster } from '../support/fault-cluster.ts';
import { createDriver, createGate } from '../support/fault-driver.ts';
import { newHistory } from '../support/fault-history.ts';
import type { History } from '../support/fault-history.ts';
import { pause, seededRandom, waitUntil } from '../support/fault-wire.ts';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({ workers: 2, accounts: Array.from({ length: 3 }, () => ({ chatwoot: 0, contacts: 12 })) });
});
afterAll(async () => cluster.close());

/** One planted fault has one account to itself, so that its run is counted alone. */
function runIn(accountNumber: number) {
  const account = cluster.accounts[accountNumber - 1];
  if (!account) throw new Error('no such account');
  const history = newHistory();
  const gate = createGate();
  gate.release(10_000);
  const driver = createDriver({
    ...cluster,
    history,
    gate,
    random: seededRandom(accountNumber),
    repeatedShare: 0,
    receiptsOutOfOrderShare: 0,
  });
  const findings = (): Findings => check(history, cluster.peers, [account]);
  return { account, history, driver, findings };
}

/** The function as it is, changed by one planted fault; what it was is put back by the result. */
async function plant(name: string, changes: readonly (readonly [string, string])[]): Promise<() => Promise<void>> {
  const [found] = await cluster.postgres.rows<{ sql: string }>(`SELECT pg_get_functiondef('${name}'::regprocedure) AS sql`);
  let changed = found?.sql ?? '';
  for (const [from, to] of changes) {
    if (!changed.includes(from)) throw new Error(`${name} has nothing like: ${from}`);
    changed = changed.replaceAll(from, to);
  }
  await cluster.postgres.rows(changed);
  return async () => void (await cluster.postgres.rows(found?.sql ?? ''));
}

const report = (what: string, history: History, findings: Findings): void =>
  void process.stdout.write(
    `  ${what}: accepted ${history.accepted.length}, lost ${findings.lost.length}, duplicates ${findings.duplicates.length} (answers lost ${findings.answersLost}), ` +
      `reordered ${findings.reordered.length}, stale after newer ${findings.staleAfterNewer.length}\n`,
  );

describe('the checkers see what is wrong', () => {
  test('a receiver that acknowledges before it stores, and dies, loses messages: the checker names them', async () => {
    const { account, history, driver, findings } = runIn(1);
    cluster.tap.acknowledgeFirst(200);
    const writing = Promise.all(account.contacts.map((contact) => driver.write(contact, 10)));
    await waitUntil(() => history.accepted.length >= 60, 5_000, 1);
    const forgotten = cluster.tap.killHeld();
    await writing;
    await pause(400);
    cluster.tap.acknowledgeFirst(null);
    await cluster.drained(10_000);
    const found = findings();
    report('acknowledged before stored', history, found);
    expect(forgotten).toBeGreaterThan(0);
    expect(found.lost.length).toBe(forgotten);
  });

  test('RL-06: a lane that is given to everybody doubles messages without any answer being lost: the checker names them', async () => {
    const { account, history, driver, findings } = runIn(2);
    cluster.peers.chatwoots[0]?.chatwoot.faults.set({ latencyMs: { from: 10, to: 60 } });
    const restore = await plant('app.road_take(uuid, uuid, uuid, int)', [
      [' OR v_lane.lease_until >= clock_timestamp()', ''],
      ["lease_until = clock_timestamp() + p_lease_ms * interval '1 millisecond'", 'lease_until = NULL'],
    ]);
    await Promise.all(account.contacts.map((contact) => driver.write(contact, 10)));
    await cluster.drained(10_000);
    cluster.peers.chatwoots[0]?.chatwoot.faults.set({ latencyMs: { from: 0, to: 0 } });
    const found = findings();
    report('no lease', history, found);
    await restore();
    expect(found.duplicates.filter(({ because }) => because === null).length).toBeGreaterThan(0);
    expect(found.duplicates.length).toBeGreaterThan(found.answersLost);
  });

  test('RL-03: without the sweeper an emptied queue loses what it held; with it nothing is lost', async () => {
    const { account, history, driver, findings } = runIn(3);
    const restore = await plant('app.due_lanes(int)', [['WHERE c.due_at', 'WHERE false AND c.due_at']]);
    await Promise.all(cluster.workers.map((worker) => worker.kill()));
    await Promise.all(account.contacts.map((contact) => driver.write(contact, 1)));
    await pause(50);
    await cluster.emptyQueue();
    await Promise.all(cluster.workers.map((worker) => worker.start()));
    const drainedWithout = await cluster.drained(3_000);
    const without = findings();
    report('no sweeper, queue emptied', history, without);
    await restore();
    const drainedWith = await cluster.drained(10_000);
    const withSweeper = findings();
    report('the same, sweeper back', history, withSweeper);
    expect(drainedWithout).toBe(false);
    expect(without.lost).toHaveLength(account.contacts.length);
    expect(drainedWith).toBe(true);
    expect(withSweeper.lost).toEqual([]);
  });
});
