import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../../tests/support/database.ts';
import { connectForStart } from '../connect.ts';
import { findViolations } from './find-violations.ts';

let testDatabase: TestDatabase;
let client: pg.Client;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  client = await connectForStart(testDatabase.superuserUrl);
});
afterAll(async () => {
  await client.end();
  await testDatabase.drop();
});

/** Makes the hole as `role`, looks as hub_app, and takes everything back. */
async function violationsAfter(sql: string, role = 'hub_owner'): Promise<readonly string[]> {
  await client.query('BEGIN');
  try {
    await client.query(`SET LOCAL ROLE ${role}; ${sql}; SET LOCAL ROLE hub_app`);
    return await findViolations(client);
  } finally {
    await client.query('ROLLBACK');
  }
}

const good = (name: string, more = '') => `
  CREATE TABLE app.${name} (account_id uuid NOT NULL DEFAULT app.account_id(), id uuid NOT NULL DEFAULT app.uuid7(), PRIMARY KEY (account_id, id)${more});
  CALL app.protect('${name}')`;
const lookUp = `CREATE FUNCTION app.resolve_webhook() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS 'SELECT 1';
  REVOKE ALL ON FUNCTION app.resolve_webhook() FROM PUBLIC`;
const ownedBy = (owner: string) => `GRANT CREATE ON SCHEMA app TO hub_lookup; ALTER FUNCTION app.resolve_webhook() OWNER TO ${owner}`;

describe('TI-02: the migrated database', () => {
  test('has no hole', async () => {
    const app = await connectForStart(testDatabase.url);
    expect(await findViolations(app).finally(() => app.end())).toEqual([]);
  });

  test('has none with a table, a foreign key, a view and a look-up made by the rules', async () => {
    const sql = `${good('x')}; ${good('y', ', x_id uuid, FOREIGN KEY (account_id, x_id) REFERENCES app.x ON DELETE SET NULL (x_id), UNIQUE (account_id, x_id)')};
      CREATE POLICY lookup_only ON app.x FOR SELECT TO hub_lookup USING (true); CREATE VIEW app.v WITH (security_invoker = true) AS SELECT * FROM app.x;
      ALTER TABLE app.x ADD COLUMN account uuid REFERENCES app.hub_user; ${lookUp}; ${ownedBy('hub_lookup')}`;
    expect(await violationsAfter(sql)).toEqual([]);
  });
});

describe('TI-02: each planted hole is named', () => {
  test.each([
    ['a', 'row level security off', `${good('x')}; ALTER TABLE app.x DISABLE ROW LEVEL SECURITY`, 'table x does not enable'],
    ['a', 'row level security not forced', `${good('x')}; ALTER TABLE app.x NO FORCE ROW LEVEL SECURITY`, 'table x does not force'],
    ['a', 'a missing policy', 'DROP POLICY tenant_isolation ON app.message', 'message lacks the policy tenant_isolation'],
    [
      'a',
      'a policy that lets all through',
      'ALTER POLICY tenant_isolation ON app.message USING (true)',
      'message lacks the policy tenant_isolation',
    ],
    [
      'a',
      'a policy without its check',
      'ALTER POLICY tenant_isolation ON app.message WITH CHECK (true)',
      'message lacks the policy tenant_isolation',
    ],
    [
      'a',
      'a permissive policy in place of the restrictive',
      `DROP POLICY tenant_isolation ON app.message; CREATE POLICY tenant_isolation ON app.message
      TO hub_app USING (account_id = (SELECT app.account_id())) WITH CHECK (account_id = (SELECT app.account_id()))`,
      'message lacks the policy tenant_isolation',
    ],
    ['a', 'one policy more', 'CREATE POLICY more ON app.message FOR SELECT TO hub_app USING (true)', 'message has the policy more'],
    [
      'a',
      'a look-up policy that may write',
      'CREATE POLICY more ON app.message FOR ALL TO hub_lookup USING (true)',
      'message has the policy more',
    ],
    [
      'a',
      'the account table with a policy on another column',
      `ALTER TABLE app.account ADD COLUMN account_id uuid; ALTER POLICY tenant_isolation ON app.account
      USING (account_id = (SELECT app.account_id()))`,
      'account lacks the policy tenant_isolation',
    ],
    [
      'b',
      'a foreign key without the account (M2)',
      `${good('x', ', UNIQUE (id)')}; ${good('y', ', x_id uuid REFERENCES app.x (id)')}`,
      'foreign key y_x_id_fkey of y to x',
    ],
    [
      'b',
      'a foreign key that crosses the columns',
      `${good('x')}; ${good('y', ', x_id uuid, FOREIGN KEY (x_id, account_id) REFERENCES app.x (account_id, id)')}`,
      'of y to x does not carry',
    ],
    [
      'b',
      'a global table that points at rows of accounts',
      `${good('x', ', UNIQUE (id)')}; ALTER TABLE app.session ADD COLUMN x_id uuid REFERENCES app.x (id)`,
      'of session to x',
    ],
    [
      'b',
      'a foreign key that clears the account',
      `${good('x')}; ${good('y', ', x_id uuid, FOREIGN KEY (account_id, x_id) REFERENCES app.x ON DELETE SET NULL')}`,
      'of y clears account_id',
    ],
    [
      'c',
      'a unique index without the account',
      'CREATE UNIQUE INDEX one_name ON app.chatwoot_link (base_url)',
      'unique index one_name of chatwoot_link',
    ],
    [
      'c',
      'a primary key that can be guessed',
      `${good('x')}; ALTER TABLE app.x DROP CONSTRAINT x_pkey; ALTER TABLE app.x ADD COLUMN n int PRIMARY KEY`,
      'unique index x_pkey of x',
    ],
    ['d', "a view with its owner's rights", 'CREATE VIEW app.v AS SELECT * FROM app.message', 'view v shows rows'],
    ['d', 'a materialized view', 'CREATE MATERIALIZED VIEW app.m AS SELECT 1', 'materialized view m shows rows'],
    [
      'e',
      'a definer function that is not listed',
      "CREATE FUNCTION app.sneak() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
      'function app.sneak() runs with the rights of hub_owner and is not on the list',
    ],
    [
      'e',
      'a listed definer function of another owner',
      lookUp,
      'function app.resolve_webhook() runs with the rights of hub_owner, which is not hub_lookup',
    ],
    [
      'e',
      'a look-up everybody may call',
      `${lookUp}; GRANT EXECUTE ON FUNCTION app.resolve_webhook() TO PUBLIC; ${ownedBy('hub_lookup')}`,
      'everybody may call it',
    ],
    [
      'e',
      'a look-up without a fixed search path',
      `${lookUp}; ALTER FUNCTION app.resolve_webhook() RESET ALL; ${ownedBy('hub_lookup')}`,
      'fixes no search_path',
    ],
    ['g', 'a table without account_id', 'CREATE TABLE app.x (id uuid PRIMARY KEY)', 'table x has no account_id'],
    [
      'g',
      'an account_id that may be null',
      `${good('x')}; ALTER TABLE app.x DROP CONSTRAINT x_pkey; ALTER TABLE app.x ALTER account_id DROP NOT NULL`,
      'account_id of x must be',
    ],
    ['h', 'TRUNCATE', 'GRANT TRUNCATE ON app.message TO hub_app', 'hub_app may TRUNCATE on message'],
    ['h', 'anything for everybody', 'GRANT SELECT ON app.hub_user TO PUBLIC', 'everybody may SELECT on hub_user'],
  ])('(%s) %s', async (rule, _, sql, words) => {
    const violations = await violationsAfter(sql);
    expect(violations.filter((violation) => violation.endsWith(`[TI-02 ${rule}]`) && violation.includes(words))).toHaveLength(1);
  });

  test.each([
    ['a superuser', 'ALTER ROLE hub_app SUPERUSER', 'is a superuser'],
    ['a role that bypasses policies', 'ALTER ROLE hub_app BYPASSRLS', 'bypasses row level security'],
    ['a member of the owner', 'GRANT hub_owner TO hub_app', 'is a member of hub_owner'],
    ['an owner', 'ALTER TABLE app.message OWNER TO hub_app', 'owns message'],
    ['a maker of objects', 'GRANT CREATE ON SCHEMA app TO hub_app', 'may make objects'],
    [
      'a definer function of the superuser outside the schema',
      "CREATE FUNCTION public.sneak() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
      'outside the schema',
    ],
  ])('(f) the processes as %s', async (_, sql, words) => {
    expect((await violationsAfter(sql, 'postgres')).join()).toContain(words);
  });

  test('(f) looking as another role than hub_app', async () => {
    expect((await findViolations(client)).join()).toContain('work as postgres, which is not hub_app');
  });
});
