import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import pg from 'pg';
import type { Secret } from '#platform/crypto';
import { errorCode } from './connect.ts';
import { changeUrl, databaseOf, type DatabaseUrl } from './database-url.ts';
import { appRole, appSchema, lookupRole, ownerRole, queueRole, rolePassword, type LoginRole } from './roles.ts';
import { StartProblem } from './start-problem.ts';

const loginRoles: readonly LoginRole[] = [appRole, queueRole];

/** Makes the roles, the schema and the rights every later step stands on. May run any number of times. Throws `StartProblem`. */
export async function makeRoles(admin: pg.Client, url: DatabaseUrl, seed: Secret): Promise<void> {
  try {
    await makeMissing(admin, ownerRole, 'NOLOGIN');
    await makeMissing(admin, lookupRole, 'NOLOGIN');
    for (const role of loginRoles) await makeMissing(admin, role, 'LOGIN NOINHERIT');
    await admin.query(`
      DO $$ BEGIN
        IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
          EXECUTE format('GRANT ${ownerRole}, ${lookupRole} TO %I', current_user);
        END IF;
      END $$;
      GRANT ${lookupRole} TO ${ownerRole};
      CREATE SCHEMA IF NOT EXISTS ${appSchema} AUTHORIZATION ${ownerRole};
      GRANT USAGE ON SCHEMA ${appSchema} TO ${appRole}, ${lookupRole};
      ALTER DEFAULT PRIVILEGES FOR ROLE ${ownerRole} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;`);
    await grantOnDatabase(admin, databaseOf(url));
    for (const role of loginRoles) await setPasswordIfNeeded(admin, url, role, rolePassword(seed, role));
  } catch (error) {
    if (errorCode(error) !== '42501') throw error;
    throw new StartProblem(
      'database-rights',
      'The user of DATABASE_URL may not prepare the database.',
      'Use a superuser, or a user with CREATEROLE that owns the database.',
      { cause: error },
    );
  }
}

/** Rights on a database are not copied by `CREATE DATABASE … TEMPLATE`, so they stand alone. */
export async function grantOnDatabase(admin: pg.Client, database: string): Promise<void> {
  const name = pg.escapeIdentifier(database);
  await admin.query(`
    REVOKE TEMPORARY ON DATABASE ${name} FROM PUBLIC;
    GRANT CREATE ON DATABASE ${name} TO ${ownerRole}, ${queueRole};
    DO $$ BEGIN REVOKE ALL ON SCHEMA public FROM PUBLIC; EXCEPTION WHEN insufficient_privilege OR invalid_schema_name THEN NULL; END $$;`);
}

/** Roles are common to all databases of a server, so another database's start may make the same one at this moment. */
async function makeMissing(admin: pg.Client, role: string, attributes: string): Promise<void> {
  await admin.query(`
    DO $$ BEGIN
      IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${role}') THEN
        CREATE ROLE ${role} ${attributes};
      END IF;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END $$;`);
}

async function setPasswordIfNeeded(admin: pg.Client, url: DatabaseUrl, role: LoginRole, password: Secret): Promise<void> {
  const probe = new pg.Client({ connectionString: changeUrl(url, { user: role, password }).expose(), connectionTimeoutMillis: 5_000 });
  probe.on('error', () => undefined);
  try {
    await probe.connect();
  } catch (error) {
    if (errorCode(error) !== '28P01') throw error;
    await admin.query(`ALTER ROLE ${role} PASSWORD ${pg.escapeLiteral(scramVerifier(password))}`);
  } finally {
    await probe.end().catch(() => undefined);
  }
}

/** RFC 5803: what the server keeps of a password. Sent in place of it, so that no statement log holds the password. */
function scramVerifier(password: Secret): string {
  const iterations = 4_096;
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password.expose(), salt, iterations, 32, 'sha256');
  const key = (label: string) => createHmac('sha256', salted).update(label).digest();
  const storedKey = createHash('sha256').update(key('Client Key')).digest('base64');
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${storedKey}:${key('Server Key').toString('base64')}`;
}
