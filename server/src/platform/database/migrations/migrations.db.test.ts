import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { Secret } from '#platform/crypto';
import { connectForStart } from '../connect.ts';
import { changeUrl, type DatabaseUrl } from '../database-url.ts';
import { makeRoles } from '../make-roles.ts';
import { migrateAndCheck } from '../prepare-database.ts';
import { applyMigrations } from './apply-migrations.ts';
import { createMigration, findDrift } from './compare-with-schema.ts';
import { findPrismaFolder, readMigrations } from './read-migrations.ts';

let admin: DatabaseUrl;
let roleSeed: Secret;
let folder: string;
const databases: string[] = [];

beforeAll(async () => {
  const server = inject('testServer');
  admin = new Secret(server.admin);
  roleSeed = new Secret(server.roleSeed);
  folder = await mkdtemp(join(tmpdir(), 'hub-migrations-'));
});
afterAll(async () => {
  for (const name of databases) await sql(admin, `DROP DATABASE ${name} WITH (FORCE)`);
  await rm(folder, { recursive: true, force: true });
});

async function sql(url: DatabaseUrl, text: string): Promise<Record<string, unknown>[]> {
  const client = await connectForStart(url);
  return client
    .query<Record<string, unknown>>(text)
    .then(({ rows }) => rows)
    .finally(() => client.end());
}

async function emptyDatabase(): Promise<DatabaseUrl> {
  const name = `migrations_${randomBytes(6).toString('hex')}`;
  await sql(admin, `CREATE DATABASE ${name}`);
  databases.push(name);
  return changeUrl(admin, { database: name });
}

async function preparedEmptyDatabase(): Promise<DatabaseUrl> {
  const url = await emptyDatabase();
  const client = await connectForStart(url);
  await makeRoles(client, url, roleSeed).finally(() => client.end());
  return url;
}

async function prismaFolderWith(migrations: Record<string, string>): Promise<string> {
  const place = await mkdtemp(join(folder, 'prisma-'));
  await mkdir(join(place, 'migrations'));
  for (const [name, text] of Object.entries(migrations)) {
    await mkdir(join(place, 'migrations', name));
    await writeFile(join(place, 'migrations', name, 'migration.sql'), text);
  }
  return place;
}

describe('migrating', () => {
  test('three starts at once on an empty database apply each migration once', async () => {
    const url = await emptyDatabase();
    const results = await Promise.all([1, 2, 3].map(() => migrateAndCheck(url, roleSeed)));
    const names = (await readMigrations(findPrismaFolder())).migrationDirectories.map(({ path }) => path);
    expect(results.map(({ appliedMigrations }) => appliedMigrations).toSorted((a, b) => b.length - a.length)).toEqual([names, [], []]);
    expect(
      await sql(url, "SELECT DISTINCT pg_get_userbyid(relowner) AS owner FROM pg_class WHERE relnamespace = 'app'::regnamespace"),
    ).toEqual([{ owner: 'hub_owner' }]);
  }, 30_000);

  test('a script with functions, semicolons in text and comments is applied whole', async () => {
    const url = await preparedEmptyDatabase();
    const place = await prismaFolderWith({
      '20260101000000_tricky': `-- a; comment
        CREATE FUNCTION app.f() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN 'a;b'; END $$;
        DO $$ BEGIN PERFORM app.f(); END $$;
        CREATE TABLE app.t (x text DEFAULT 'a;b');`,
    });
    expect(await applyMigrations(url, await readMigrations(place))).toEqual(['20260101000000_tricky']);
    expect(await sql(url, 'SELECT app.f()')).toEqual([{ f: 'a;b' }]);
  });

  test('a migration that fails leaves nothing, says why, and works once repaired', async () => {
    const url = await preparedEmptyDatabase();
    const broken = await prismaFolderWith({ '20260101000000_first': 'CREATE TABLE app.t (); SELECT 1/0;' });
    const migrations = await readMigrations(broken);
    await expect(applyMigrations(url, migrations)).rejects.toMatchObject({
      kind: 'migration-failed',
      message: expect.stringContaining('The migration 20260101000000_first could not be applied: ERROR: division by zero.'),
    });
    expect(await sql(url, `SELECT to_regclass('app.t') AS t`)).toEqual([{ t: null }]);
    const repaired = await prismaFolderWith({ '20260101000000_first': 'CREATE TABLE app.t ();' });
    expect(await applyMigrations(url, await readMigrations(repaired))).toEqual(['20260101000000_first']);
  });

  test('a migration edited after it was applied is refused', async () => {
    const url = await preparedEmptyDatabase();
    await applyMigrations(url, await readMigrations(await prismaFolderWith({ '20260101000000_first': 'CREATE TABLE app.t ();' })));
    const edited = await prismaFolderWith({ '20260101000000_first': 'CREATE TABLE app.u ();' });
    await expect(applyMigrations(url, await readMigrations(edited))).rejects.toMatchObject({ kind: 'migration-failed' });
  });

  test('the advisory lock is gone when it ends: the next one does not wait', async () => {
    const url = await preparedEmptyDatabase();
    const migrations = await readMigrations(await prismaFolderWith({ '20260101000000_first': 'CREATE TABLE app.t ();' }));
    await applyMigrations(url, migrations);
    const start = performance.now();
    await applyMigrations(url, migrations);
    expect(performance.now() - start).toBeLessThan(5_000);
    expect(
      await sql(
        url,
        `SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
      ),
    ).toEqual([]);
  });
});

describe('a hole in the database', () => {
  test('TI-02: keeps the Hub from starting', async () => {
    const url = await emptyDatabase();
    await migrateAndCheck(url, roleSeed);
    await sql(url, 'ALTER TABLE app.message NO FORCE ROW LEVEL SECURITY');
    await expect(migrateAndCheck(url, roleSeed)).rejects.toMatchObject({
      kind: 'catalogue',
      message: expect.stringContaining('table message'),
    });
  });
});

describe('a database of your own', () => {
  const user = (url: DatabaseUrl, name: string) => changeUrl(url, { user: name, password: new Secret('its-password') });

  test('is prepared by its owner with CREATEROLE, who is no superuser', async () => {
    // Roles are common to the server and exist already here, so this user is given what it would have had as their maker.
    const url = await emptyDatabase();
    await sql(
      url,
      `DROP ROLE IF EXISTS own_admin; CREATE ROLE own_admin LOGIN CREATEROLE PASSWORD 'its-password'; ALTER DATABASE ${databases.at(-1)} OWNER TO own_admin;
      GRANT hub_owner, hub_lookup, hub_app, hub_queue TO own_admin WITH ADMIN OPTION`,
    );
    const prepared = await migrateAndCheck(user(url, 'own_admin'), roleSeed);
    expect(prepared.appliedMigrations.length).toBeGreaterThan(0);
    expect(await sql(prepared.app, 'SELECT current_user AS role')).toEqual([{ role: 'hub_app' }]);
    expect(await sql(prepared.queue, 'SELECT current_user AS role')).toEqual([{ role: 'hub_queue' }]);
    await expect(sql(prepared.queue, 'SELECT * FROM app.hub_user')).rejects.toMatchObject({ code: '42501' });
    await sql(prepared.queue, 'CREATE SCHEMA IF NOT EXISTS bullmq');
  });

  test('is refused in words when its user may not make roles', async () => {
    const url = await emptyDatabase();
    await sql(url, `DROP ROLE IF EXISTS own_nobody; CREATE ROLE own_nobody LOGIN PASSWORD 'its-password'`);
    await expect(migrateAndCheck(user(url, 'own_nobody'), roleSeed)).rejects.toMatchObject({ kind: 'database-rights' });
  });

  test('is refused in words when the password is wrong, the database is missing or nothing listens', async () => {
    const problem = (url: DatabaseUrl) => connectForStart(url, 0).catch((error: unknown) => error);
    expect(await problem(changeUrl(admin, { password: new Secret('canary') }))).toMatchObject({
      kind: 'database-password',
      message: expect.not.stringContaining('canary'),
    });
    expect(await problem(changeUrl(admin, { database: 'not_there' }))).toMatchObject({ kind: 'database-unreachable' });
    expect(await problem(new Secret('postgresql://u:p@127.0.0.1:1/hub'))).toMatchObject({
      kind: 'database-unreachable',
      message: expect.stringContaining('127.0.0.1:1/hub'),
    });
  });
});

describe('the schema', () => {
  test('is what the migrations make', async () => {
    expect(await findDrift({ admin, roleSeed, prismaFolder: findPrismaFolder() })).toBeNull();
  });

  test('when it changed gives a new migration, applied to no database but the shadow', async () => {
    const place = join(folder, 'changed');
    await cp(findPrismaFolder(), place, { recursive: true });
    await writeFile(
      join(place, 'schema', 'extra.prisma'),
      'model Extra {\n  id String @id @db.Uuid\n  @@map("extra")\n  @@schema("app")\n}\n',
    );
    const file = await createMigration({ admin, roleSeed, prismaFolder: place, name: 'add_extra', now: new Date('2026-12-01T10:20:30Z') });
    expect(file).toMatch(/20261201102030_add_extra\/migration\.sql$/);
    expect(await readFile(file ?? '', 'utf8')).toContain('CREATE TABLE "extra"');
    expect(await findDrift({ admin, roleSeed, prismaFolder: place })).toBeNull();
    expect(await sql(admin, `SELECT datname FROM pg_database WHERE datname LIKE 'hub_shadow%'`)).toEqual([]);
    expect(await sql(admin, `SELECT to_regnamespace('app') AS found`)).toEqual([{ found: null }]);
    await expect(createMigration({ admin, roleSeed, prismaFolder: place, name: '../x', now: new Date() })).rejects.toThrow(TypeError);
  });
});
