import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../server/src/platform/ids/index.ts';
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
    const filled = await fillSomeTables();
    const tables = await test_.asSuperuser(
      `SELECT relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'app' AND c.relkind = 'r'`,
    );
    const refused: string[] = [];
    for (const name of tables.map((table) => String(table.name))) {
      if (GLOBAL.includes(name)) continue;
      const answer = await test_.database.road
        .call(`census ${name}`, `SELECT * FROM app.${name} LIMIT 1`, [])
        .catch((error: unknown) => error);
      if (answer instanceof Error && 'code' in answer && answer.code === '42501') refused.push(name);
      // PostgreSQL asks for the account when it meets the first row: an empty table has none to show.
      else expect(answer, name).toEqual([]);
    }
    expect(refused).toEqual(expect.arrayContaining(filled));
  });
});

async function fillSomeTables(): Promise<string[]> {
  const [accountId, serverId, instanceId] = [newId(), newId(), newId()];
  await test_.database.withAccount(accountId, async (open) => {
    await open.account.create({ data: { id: accountId, name: 'census' } });
    await open.providerServer.create({ data: { accountId, id: serverId, provider: 'none', name: 'n', baseUrl: 'n', adminSecret: 'n' } });
    await open.instance.create({ data: { accountId, id: instanceId, providerServerId: serverId, name: 'n', externalId: 'n', token: 'n' } });
    await open.thread.create({ data: { accountId, instanceId, kind: 'person', address: 'n' } });
    await open.auditEntry.create({ data: { accountId, actor: {}, action: 'n', subjectType: 'n' } });
  });
  return ['account', 'provider_server', 'instance', 'thread', 'audit_entry'];
}
