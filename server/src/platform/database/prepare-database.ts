import type pg from 'pg';
import type { Secret } from '#platform/crypto';
import { findViolations } from './catalogue/find-violations.ts';
import { connectForStart, refuseOldServer } from './connect.ts';
import { changeUrl, type DatabaseUrl } from './database-url.ts';
import { useEmbeddedPostgres } from './embedded/embedded-postgres.ts';
import { readOrMakePasswords } from './embedded/passwords.ts';
import { makeRoles } from './make-roles.ts';
import { applyMigrations } from './migrations/apply-migrations.ts';
import { isUpToDate } from './migrations/is-up-to-date.ts';
import { findPrismaFolder, readMigrations } from './migrations/read-migrations.ts';
import { appRole, queueRole, rolePassword } from './roles.ts';
import { StartProblem } from './start-problem.ts';

export interface PrepareOptions {
  /** Absolute. */
  readonly dataDir: string;
  /** Absent: the embedded PostgreSQL in `dataDir`. */
  readonly databaseUrl?: DatabaseUrl | undefined;
  /**
   * What the passwords of `hub_app` and `hub_queue` are derived from at a database of your own. Must be the same on all
   * machines: pass the content of the key file. Absent: a random one kept in `dataDir`, which is right for one machine.
   */
  readonly roleSeed?: Secret | undefined;
  /** The embedded server stopped by itself. */
  readonly onLost?: (() => void) | undefined;
}

export interface PreparedDatabase {
  /** Signs in as `hub_app`. */
  readonly app: DatabaseUrl;
  /** Signs in as `hub_queue`, which may make schemas of its own and sees nothing of `app`. */
  readonly queue: DatabaseUrl;
  readonly appliedMigrations: readonly string[];
  /** Call last, after every connection is closed. */
  leave(): Promise<void>;
}

/** From nothing to a migrated, checked database. Any number of processes may do this at once. Throws `StartProblem`. */
export async function prepareDatabase(options: PrepareOptions): Promise<PreparedDatabase> {
  if (options.databaseUrl !== undefined) {
    const seed = options.roleSeed ?? (await readOrMakePasswords(options.dataDir)).roles;
    return { ...(await migrateAndCheck(options.databaseUrl, seed)), leave: async () => undefined };
  }
  const server = await useEmbeddedPostgres({
    dataDir: options.dataDir,
    ...(options.onLost === undefined ? {} : { onLost: options.onLost }),
  });
  try {
    await makeDatabase(server.admin, 'hub');
    const ready = await migrateAndCheck(changeUrl(server.admin, { database: 'hub' }), server.roleSeed);
    return { ...ready, leave: () => server.leave() };
  } catch (error) {
    await server.leave();
    throw error;
  }
}

/** Roles, migrations and the catalogue check on an existing, possibly empty, database. */
export async function migrateAndCheck(admin: DatabaseUrl, seed: Secret): Promise<Omit<PreparedDatabase, 'leave'>> {
  const as = (role: typeof appRole | typeof queueRole) => changeUrl(admin, { user: role, password: rolePassword(seed, role) });
  const migrations = await readMigrations(findPrismaFolder());
  const client = await connectForStart(admin);
  try {
    await refuseOldServer(client);
    await waitForOtherStarts(client);
    await makeRoles(client, admin, seed);
    const appliedMigrations = (await isUpToDate(client, migrations)) ? [] : await applyMigrations(admin, migrations);
    await refuseHoles(as(appRole));
    return { app: as(appRole), queue: as(queueRole), appliedMigrations };
  } finally {
    await client.end();
  }
}

/** Any fixed number. The lock ends with the connection. */
const waitForOtherStarts = (client: pg.Client) => client.query('SELECT pg_advisory_lock(475019)');

async function refuseHoles(app: DatabaseUrl): Promise<void> {
  const client = await connectForStart(app);
  try {
    const violations = await findViolations(client);
    if (violations.length > 0) {
      throw new StartProblem(
        'catalogue',
        `The database does not keep accounts apart: ${violations.join('; ')}.`,
        'The Hub does not start like this. Undo what was changed by hand, or repair the migration.',
      );
    }
  } finally {
    await client.end();
  }
}

async function makeDatabase(admin: DatabaseUrl, name: string): Promise<void> {
  const client = await connectForStart(admin);
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${name}`);
  } catch (error) {
    // 42P04 and 23505: another process made it at the same moment.
    if (!(error instanceof Error && 'code' in error && (error.code === '42P04' || error.code === '23505'))) throw error;
  } finally {
    await client.end();
  }
}
