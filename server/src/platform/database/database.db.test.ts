import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/database.ts';
import { isTransient, sqlStateOf } from './classify-error.ts';

const a = randomUUID();
const b = randomUUID();
let testDatabase: TestDatabase;

beforeAll(async () => {
  testDatabase = await createTestDatabase({ poolSize: 3 });
  await testDatabase.asOwner(`
    CREATE TABLE app.note (account_id uuid NOT NULL DEFAULT app.account_id(), id uuid NOT NULL DEFAULT app.uuid7(), text text NOT NULL, PRIMARY KEY (account_id, id));
    CALL app.protect('note');`);
});
afterAll(() => testDatabase.drop());

const addNote = (account: string, text: string) =>
  testDatabase.database.withAccount(
    account,
    async (database) => void (await database.$executeRaw`INSERT INTO app.note (text) VALUES (${text})`),
  );
const refusal = (work: Promise<unknown>) =>
  work.then(
    () => 'accepted',
    (error: unknown) => sqlStateOf(error),
  );

describe('withAccount', () => {
  test('TI-01: 2,000 interleaved transactions of two accounts on a pool of 3 see no row of the other', async () => {
    let foreign = 0;
    let seen = 0;
    const one = async (index: number): Promise<void> => {
      const account = index % 2 === 0 ? a : b;
      await testDatabase.database.withAccount(account, async (database) => {
        if (index % 20 < 2) await database.$executeRaw`INSERT INTO app.note (text) VALUES (${account})`;
        const rows = await database.$queryRaw<{ account_id: string; text: string }[]>`SELECT account_id::text, text FROM app.note LIMIT 30`;
        seen += rows.length;
        foreign += rows.filter((row) => row.account_id !== account || row.text !== account).length;
      });
    };
    let next = 0;
    await Promise.all(
      Array.from({ length: 12 }, async () => {
        while (next < 2_000) await one(next++);
      }),
    );
    expect({ foreign, next }).toEqual({ foreign: 0, next: 2_000 });
    expect(seen).toBeGreaterThan(10_000);
  }, 60_000);

  test('M1: what a rejected transaction wrote is not there', async () => {
    const account = randomUUID();
    const failing = testDatabase.database.withAccount(account, async (database) => {
      await database.$executeRaw`INSERT INTO app.note (text) VALUES ('lost')`;
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    expect(await testDatabase.asSuperuser(`SELECT 1 FROM app.note WHERE account_id = '${account}'`)).toEqual([]);
  });

  test('TI-01: without an account, reading and writing raise 42501, also on a connection that had one before', async () => {
    await addNote(a, a);
    const bare = testDatabase.database.road;
    for (let round = 0; round < 6; round++) {
      expect(await refusal(bare.call('bare.read', 'SELECT * FROM app.note', []))).toBe('42501');
      expect(await refusal(bare.call('bare.write', `INSERT INTO app.note (text) VALUES ('x')`, []))).toBe('42501');
    }
  });

  test('TI-01: naming another account in a row raises 42501, and its rows can be neither changed nor deleted', async () => {
    await addNote(b, b);
    const spoof = testDatabase.database.withAccount(
      a,
      (database) => database.$executeRaw`INSERT INTO app.note (account_id, text) VALUES (${b}::uuid, 'x')`,
    );
    expect(await refusal(spoof)).toBe('42501');
    const move = testDatabase.database.withAccount(a, (database) => database.$executeRaw`UPDATE app.note SET account_id = ${b}::uuid`);
    expect(await refusal(move)).toBe('42501');
    const touched = await testDatabase.database.withAccount(a, async (database) => [
      await database.$executeRaw`UPDATE app.note SET text = 'x' WHERE account_id = ${b}::uuid`,
      await database.$executeRaw`DELETE FROM app.note WHERE account_id = ${b}::uuid`,
    ]);
    expect(touched).toEqual([0, 0]);
  });

  test('models of the schema go through the same transaction', async () => {
    const account = randomUUID();
    await testDatabase.database.withAccount(account, async (database) => {
      await database.account.create({ data: { id: account, name: 'One' } });
      expect(await database.account.findMany({ select: { name: true } })).toEqual([{ name: 'One' }]);
    });
    expect(await testDatabase.database.withAccount(randomUUID(), (database) => database.account.count())).toBe(0);
  });

  test.each(['', 'x', "0'; DROP TABLE app.note; --", `${randomUUID()}x`])(
    'an account id that is no uuid is refused before SQL: %j',
    async (id) => {
      await expect(testDatabase.database.withAccount(id, async () => undefined)).rejects.toThrow('must be a uuid');
    },
  );
});

describe('the session', () => {
  test.each([
    ['SET ROLE hub_owner', '42501'],
    ['SET ROLE hub_lookup', '42501'],
    ['ALTER TABLE app.note DISABLE ROW LEVEL SECURITY', '42501'],
    ['TRUNCATE app.note', '42501'],
    ['CREATE TABLE app.mine ()', '42501'],
    ['CREATE TEMPORARY TABLE mine ()', '42501'],
    ['DROP TABLE app.note', '42501'],
  ])('TI-03: hub_app may not: %s', async (sql, state) => {
    expect(await refusal(testDatabase.database.road.call(`try ${sql}`, sql, []))).toBe(state);
  });

  test('runs in UTC and within its time limits', async () => {
    const [row] = await testDatabase.database.road.call<Record<string, string>>(
      'session',
      `SELECT current_setting('TimeZone') AS zone, current_setting('statement_timeout') AS statement, current_setting('lock_timeout') AS lock,
        current_setting('idle_in_transaction_session_timeout') AS idle, current_user AS role`,
      [],
    );
    expect(row).toEqual({ zone: 'UTC', statement: '5s', lock: '3s', idle: '10s', role: 'hub_app' });
  });
});

describe('the system door', () => {
  test('reaches global tables and listed look-ups, nothing else', async () => {
    const { system } = testDatabase.database;
    const account = randomUUID();
    await testDatabase.database.withAccount(account, (database) => database.account.create({ data: { id: account, name: 'Two' } }));
    const user = await system.run((database) => database.hubUser.create({ data: { email: `${account}@example.com`, name: 'Ana' } }));
    await testDatabase.database.withAccount(account, (database) => database.member.create({ data: { userId: user.id, role: 'owner' } }));
    expect(await system.lookUp('accounts_of_user', [user.id], (row) => row)).toHaveLength(1);
    // @ts-expect-error: tenant tables are not behind this door
    await system.run(async (database) => expect(() => database.account).not.toThrow());
    // @ts-expect-error: only listed look-ups
    await expect(system.lookUp('pg_sleep', [1], (row) => row)).rejects.toThrow('not a look-up');
  });
});

describe('errors', () => {
  test('a deadlock is transient, a broken rule is not', async () => {
    await Promise.all([addNote(a, a), addNote(b, b)]);
    const rules = testDatabase.database.withAccount(a, (database) => database.$executeRaw`INSERT INTO app.note (text) VALUES (NULL)`);
    const broken: unknown = await rules.catch((error: unknown) => error);
    expect([sqlStateOf(broken), isTransient(broken)]).toEqual(['23502', false]);

    let arrived = 0;
    const inOrder = (first: number, second: number) =>
      testDatabase.database.withAccount(a, async (database) => {
        await database.$executeRaw`SELECT pg_advisory_xact_lock(${first}::bigint)`;
        arrived += 1;
        for (let turn = 0; arrived < 2 && turn < 100; turn++) await new Promise((resolve) => setTimeout(resolve, 5));
        await database.$executeRaw`SELECT pg_advisory_xact_lock(${second}::bigint)`;
      });
    const results = await Promise.allSettled([inOrder(1, 2), inOrder(2, 1)]);
    const [lost] = results.filter((result) => result.status === 'rejected');
    expect(lost?.reason).toSatisfy(isTransient);
  });

  test('a connection the server ended is transient, and the next transaction works', async () => {
    const ended: unknown = await testDatabase.database
      .withAccount(a, (database) => database.$queryRaw`SELECT pg_terminate_backend(pg_backend_pid())`)
      .catch((error: unknown) => error);
    expect(ended).toSatisfy(isTransient);
    await addNote(a, a);
    expect(await testDatabase.database.ping()).toBeGreaterThan(0);
  });
});
