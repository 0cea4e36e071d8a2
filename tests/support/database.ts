import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import type pg from 'pg';
import { openDatabase, type Database, type DatabaseUrl } from '../../server/src/platform/database/index.ts';
import {
  appRole,
  changeUrl,
  connectForStart,
  grantOnDatabase,
  ownerRole,
  queueRole,
  rolePassword,
} from '../../server/src/platform/database/testing.ts';
import { Secret } from '../../server/src/platform/crypto/index.ts';
import { templateName } from './database-setup.ts';

export interface TestDatabase {
  /** Signs in as hub_app, like the Hub. */
  readonly url: DatabaseUrl;
  /** Signs in as hub_queue. */
  readonly queueUrl: DatabaseUrl;
  /** For planting holes inside a transaction that is rolled back. */
  readonly superuserUrl: DatabaseUrl;
  /** A pool of 5 as hub_app. */
  readonly database: Database;
  /** Structure and seeds that no account may make. Runs as hub_owner, past no policy: for rows of accounts use `database`. */
  asOwner(sql: string): Promise<readonly Record<string, unknown>[]>;
  /** For looking past row level security in an assertion, and for planting what hub_owner may not. Never for what is tested. */
  asSuperuser(sql: string): Promise<readonly Record<string, unknown>[]>;
  drop(): Promise<void>;
}

/** A database of its own for one test file, cloned from the migrated template. Call in `beforeAll`; `drop` in `afterAll`. */
export async function createTestDatabase(options: { readonly poolSize?: number } = {}): Promise<TestDatabase> {
  const { admin, roleSeed } = inject('testServer');
  const server = new Secret(admin);
  const name = `test_${randomBytes(6).toString('hex')}`;
  await once(server, async (client) => {
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${templateName} STRATEGY file_copy`);
  });
  const superuser = changeUrl(server, { database: name });
  await once(superuser, (client) => grantOnDatabase(client, name));
  const as = (role: typeof appRole | typeof queueRole) =>
    changeUrl(superuser, { user: role, password: rolePassword(new Secret(roleSeed), role) });
  await once(as(appRole), refuseOtherRole);
  const database = openDatabase({ connection: as(appRole), poolSize: options.poolSize ?? 5 });
  return {
    url: as(appRole),
    queueUrl: as(queueRole),
    superuserUrl: superuser,
    database,
    asOwner: (sql) => once(superuser, async (client) => rowsOf(await client.query(`SET ROLE ${ownerRole};\n${sql}`))),
    asSuperuser: (sql) => once(superuser, async (client) => rowsOf(await client.query(sql))),
    async drop() {
      await database.close();
      await once(server, (client) => client.query(`DROP DATABASE ${name} WITH (FORCE)`));
    },
  };
}

/** TI-03: a suite that would pass as owner proves nothing. */
async function refuseOtherRole(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ role: string; above: boolean }>(
    'SELECT current_user AS role, rolsuper OR rolbypassrls AS above FROM pg_roles WHERE rolname = current_user',
  );
  if (rows[0]?.role !== appRole || rows[0].above) throw new Error(`tests must work as ${appRole}, not as ${rows[0]?.role ?? 'nobody'}`);
}

async function once<T>(url: DatabaseUrl, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = await connectForStart(url);
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Several statements give several results; the last is the answer. */
function rowsOf(result: pg.QueryResult | pg.QueryResult[]): readonly Record<string, unknown>[] {
  return (Array.isArray(result) ? result.at(-1)?.rows : result.rows) ?? [];
}
