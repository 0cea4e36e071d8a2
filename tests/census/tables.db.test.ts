import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';

let test_: TestDatabase;
beforeAll(async () => {
  test_ = await createTestDatabase();
});
afterAll(async () => test_.drop());

/** Tables that no account owns, each with its reason. */
const GLOBAL = ['hub_user', 'session', 'signing_key', 'operator_audit'];

describe('every table', () => {
  test('belongs to an account or is on the short list of those that do not', async () => {
    const tables = await test_.asSuperuser(`
      SELECT c.relname AS name, EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'account_id' AND NOT a.attisdropped) AS owned
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'app' AND c.relkind = 'r' ORDER BY 1`);
    const free = tables.filter((table) => table.owned !== true).map((table) => table.name);
    expect(free).toEqual(['_prisma_migrations', ...GLOBAL, 'account'].toSorted());
    expect(tables.length).toBeGreaterThan(15);
  });

  test('TI-01: without an account in hand nothing can be read, whatever the table', async () => {
    const tables = await test_.asSuperuser(
      `SELECT relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'app' AND c.relkind = 'r'`,
    );
    for (const { name } of tables) {
      if (GLOBAL.includes(String(name))) continue;
      const read = test_.database.road.call(`census ${String(name)}`, `SELECT count(*) FROM app.${String(name)}`, []);
      await expect(read, String(name)).rejects.toMatchObject({ code: '42501' });
    }
  });
});
