import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { describeUrl, type DatabaseUrl } from './database-url.ts';
import { StartProblem } from './start-problem.ts';

const notThereYet: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  '57P03',
]);

/** One connection for the steps of the start. Waits a while for a database that is itself starting. Throws `StartProblem`. */
export async function connectForStart(url: DatabaseUrl, patienceMs = 10_000): Promise<pg.Client> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const client = new pg.Client({
      connectionString: url.expose(),
      connectionTimeoutMillis: 5_000,
      options: '-c TimeZone=UTC -c lock_timeout=120s -c search_path=pg_catalog',
    });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return client;
    } catch (error) {
      await client.end().catch(() => undefined);
      const code = errorCode(error);
      if (!notThereYet.has(code) || Date.now() > deadline) throw explain(url, error, code);
      await wait(250);
    }
  }
}

function explain(url: DatabaseUrl, error: unknown, code: string): StartProblem {
  const where = describeUrl(url);
  const cause = { cause: error };
  if (code === '28P01' || code === '28000') {
    return new StartProblem('database-password', `The database at ${where} refuses this user or password.`, 'Check DATABASE_URL.', cause);
  }
  if (code === '3D000') {
    return new StartProblem(
      'database-unreachable',
      `There is no such database: ${where}.`,
      'Create it, owned by the user of DATABASE_URL.',
      cause,
    );
  }
  return new StartProblem(
    'database-unreachable',
    `The database at ${where} cannot be reached (${code || 'no answer'}).`,
    'Check that it runs, that DATABASE_URL is right and that no firewall stands between.',
    cause,
  );
}

export function errorCode(error: unknown): string {
  if (error instanceof AggregateError) return errorCode((error.errors as unknown[])[0]);
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

const OLDEST = 150_000;

/** Row level security of views (`security_invoker`) came with PostgreSQL 15. */
export async function refuseOldServer(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ number: number; shown: string }>(
    `SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS shown`,
  );
  const [version] = rows;
  if (version === undefined || version.number < OLDEST) {
    throw new StartProblem(
      'database-too-old',
      `The database is PostgreSQL ${version?.shown ?? 'of an unknown version'}; the Hub needs 15 or newer.`,
      'Upgrade it, or unset DATABASE_URL to use the embedded one.',
    );
  }
}
