import pg from 'pg';
import type { Secret } from '#platform/crypto';

/** Any fixed number: the advisory lock that every process using the server holds together. */
const MEMBERS_LOCK = 475_018;

export type JoinAnswer =
  | { readonly ok: true; readonly membership: Membership }
  | { readonly ok: false; readonly reason: 'not-ready' | 'password' };

export interface Membership {
  /** True when nobody else is left. Until `end`, whoever comes now waits, and starts the server anew after it stopped. */
  leave(): Promise<boolean>;
  end(): Promise<void>;
}

/**
 * One connection per process holds the lock shared. The server itself knows who is alive: a killed process loses its
 * connection and with it the lock, so no list of process ids can go stale.
 */
export async function joinServer(address: { port: number; password: Secret }, onLost: () => void): Promise<JoinAnswer> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port: address.port,
    user: 'postgres',
    password: address.password.expose(),
    database: 'postgres',
    connectionTimeoutMillis: 3_000,
    keepAlive: true,
    options: '-c TimeZone=UTC',
  });
  let leaving = false;
  let joined = false;
  client.on('error', () => {
    if (joined && !leaving) onLost();
  });
  try {
    await client.connect();
    await client.query('SELECT pg_advisory_lock_shared($1)', [MEMBERS_LOCK]);
    joined = true;
  } catch (error) {
    await client.end().catch(() => undefined);
    const wrongPassword = error instanceof Error && 'code' in error && error.code === '28P01';
    return { ok: false, reason: wrongPassword ? 'password' : 'not-ready' };
  }
  return {
    ok: true,
    membership: {
      async leave() {
        leaving = true;
        try {
          await client.query('SELECT pg_advisory_unlock_shared($1)', [MEMBERS_LOCK]);
          const { rows } = await client.query<{ last: boolean }>('SELECT pg_try_advisory_lock($1) AS last', [MEMBERS_LOCK]);
          return rows[0]?.last === true;
        } catch {
          return false;
        }
      },
      end: () => client.end().catch(() => undefined),
    },
  };
}
