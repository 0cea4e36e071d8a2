import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { changeUrl, useEmbeddedPostgres } from '../../server/src/platform/database/testing.ts';
import { makeAccounts } from '../support/fault-accounts.ts';
import { check } from '../support/fault-checkers.ts';
import { createDriver, createGate } from '../support/fault-driver.ts';
import { newHistory } from '../support/fault-history.ts';
import { endHubProcess, operator, signIn, spawnHubProcess, startHubProcess } from '../support/fault-hub.ts';
import type { HubProcess } from '../support/fault-hub.ts';
import { startFaultPeers } from '../support/fault-peers.ts';
import { crash, newFaultFolder, startFaultPostgres } from '../support/fault-postgres.ts';
import { startTap } from '../support/fault-tap.ts';
import { seededRandom, waitUntil } from '../support/fault-wire.ts';

const DRAIN_MS = 25_000;
let folder: string;
let started: HubProcess[] = [];
let undo: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  folder = await newFaultFolder();
});
afterEach(async () => {
  for (const hub of started) await endHubProcess(hub);
  for (const step of undo.toReversed()) await step();
  started = [];
  undo = [];
  await rm(folder, { recursive: true, force: true });
});

/** Three at the same moment; all ready. */
async function startThree(settings: Readonly<Record<string, string>>): Promise<HubProcess[]> {
  const starting = await Promise.all(Array.from({ length: 3 }, () => spawnHubProcess(settings)));
  const hubs = await Promise.all(starting.map(({ ready }) => ready));
  started.push(...hubs);
  return hubs;
}

interface Foundation {
  readonly migrations: readonly { readonly name: string; readonly times: number; readonly finished: boolean }[];
  readonly operators: readonly string[];
}

async function foundationAt(url: string): Promise<Foundation> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const [place] = (
      await client.query<{ name: string }>(
        `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE tablename = '_prisma_migrations'`,
      )
    ).rows;
    const migrations = await client.query<Foundation['migrations'][number]>(
      `SELECT migration_name AS name, count(*)::int AS times, bool_and(finished_at IS NOT NULL AND rolled_back_at IS NULL) AS finished FROM ${place?.name} GROUP BY 1`,
    );
    const operators = await client.query<{ email: string }>('SELECT email FROM app.hub_user WHERE operator');
    return { migrations: migrations.rows, operators: operators.rows.map(({ email }) => email) };
  } finally {
    await client.end();
  }
}

function expectOneFoundation({ migrations, operators }: Foundation): void {
  expect(migrations.length).toBeGreaterThan(0);
  expect(
    migrations.filter(({ times, finished }) => times !== 1 || !finished),
    'each migration ran once',
  ).toEqual([]);
  expect(operators).toEqual([operator.email]);
}

describe('several processes', () => {
  test('RL-20: three Hubs started at one moment on an empty folder share one PostgreSQL, one set of migrations and one operator; after kill -9 of all and of PostgreSQL a new start has everything', async () => {
    const settings = { HUB_DATA_DIR: folder };
    const hubs = await startThree(settings);
    const hub = await signIn(hubs[0]?.url ?? '');
    const { id } = await hub('POST', '/accounts', { name: 'Survives' });

    // Joined like another process, so that the server stays while it is looked at.
    const server = await useEmbeddedPostgres({ dataDir: folder });
    expectOneFoundation(await foundationAt(changeUrl(server.admin, { database: 'hub' }).expose()));
    await server.leave();

    for (const each of hubs) each.send('SIGKILL');
    await Promise.all(hubs.map(({ ended }) => ended));
    await crash(folder, 'SIGKILL');

    const again = await startHubProcess(settings);
    started.push(again);
    const after = await signIn(again.url ?? '');
    const { items } = (await after('GET', '/accounts')) as { items: { id: string; name: string }[] };
    expect(items).toContainEqual(expect.objectContaining({ id, name: 'Survives' }));
    expect(await endHubProcess(again)).toMatchObject({ code: 0 });
    const left = await readFile(join(folder, 'postgres', 'data', 'postmaster.pid')).catch(() => null);
    expect(left, 'the last to leave stopped PostgreSQL').toBeNull();
  });

  test('three Hubs started at one moment on one empty database of your own: one set of migrations, one operator', async () => {
    const postgres = await startFaultPostgres(folder);
    undo.push(() => postgres.stop());
    await startThree({ HUB_DATA_DIR: folder, DATABASE_URL: postgres.url });
    expectOneFoundation(await foundationAt(postgres.url));
  });
});

test('RL-18: SIGTERM under load ends the process with 0 within 25 s; what it had acknowledged arrives after the next start, in order, once', async () => {
  const peers = await startFaultPeers({ chatwoots: [[1]] });
  undo.push(() => peers.close());
  const tap = await startTap();
  undo.push(() => tap.close());
  const settings = { HUB_DATA_DIR: folder, HUB_PUBLIC_URL: tap.url };
  const first = await startHubProcess(settings);
  started.push(first);
  tap.aim(first.url ?? '');
  const accounts = await makeAccounts(await signIn(first.url ?? ''), peers, tap, [{ chatwoot: 0, contacts: 20 }]);
  for (const peer of [peers.chatwoots[0]?.chatwoot, peers.gateway.gateway]) peer?.faults.set({ latencyMs: { from: 50, to: 150 } });
  const history = newHistory();
  const gate = createGate();
  const driver = createDriver({
    accounts,
    peers,
    tap,
    history,
    gate,
    random: seededRandom(3),
    repeatedShare: 0.1,
    receiptsOutOfOrderShare: 0,
  });
  const each = 60;
  const flow = setInterval(() => gate.release(1), 10);
  undo.push(async () => clearInterval(flow));
  const traffic = Promise.all((accounts[0]?.contacts ?? []).map((contact) => driver.write(contact, each)));
  await waitUntil(() => history.accepted.length > 150, 20_000, 5);

  const end = await endHubProcess(first);
  const atEnd = check(history, peers, accounts);
  const second = await startHubProcess(settings);
  started.push(second);
  tap.aim(second.url ?? '');
  await traffic;
  await driver.settled();
  const arrived = await waitUntil(() => check(history, peers, accounts).lost.length === 0, 30_000, 200);
  const found = check(history, peers, accounts);
  process.stdout.write(
    `  SIGTERM under load: ended with ${end.code} in ${Math.round(end.ms)} ms; accepted ${atEnd.accepted}, of these delivered ${atEnd.delivered} by then; in the end accepted ${found.accepted}, delivered ${found.delivered}\n`,
  );
  expect(end).toMatchObject({ code: 0, signal: null });
  expect(end.ms).toBeLessThan(DRAIN_MS);
  expect(atEnd.accepted, 'it ended in the middle of work').toBeLessThan(found.accepted);
  expect(arrived).toBe(true);
  expect(found.reordered).toEqual([]);
  expect(found.duplicates).toEqual([]);
});
