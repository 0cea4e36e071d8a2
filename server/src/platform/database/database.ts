import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { PrismaClient, type Prisma } from '#prisma';
import { allowances, type Lookup } from './catalogue/allowances.ts';
import type { DatabaseUrl } from './database-url.ts';
import { appRole, appSchema } from './roles.ts';

type Transaction = Omit<Prisma.TransactionClient, '$queryRawUnsafe' | '$executeRawUnsafe'>;
type GlobalModel = 'hubUser' | 'session' | 'signingKey' | 'operatorAudit';

/** One transaction bound to one account: sees and writes that account's rows only. Await everything inside; no HTTP. */
export type AccountDatabase = Transaction;

/** One transaction without an account: the tables nobody owns. */
export type SystemDatabase = Pick<Transaction, Extract<keyof Transaction, GlobalModel>>;

export interface SystemDoor {
  run<T>(work: (database: SystemDatabase) => Promise<T>): Promise<T>;
  /** Calls one of the listed look-ups (`catalogue/allowances.ts`); `read` turns each row, with columns as named in SQL, into what you need. */
  lookUp<Row>(name: Lookup, parameters: readonly unknown[], read: (row: Record<string, unknown>) => Row): Promise<Row[]>;
}

export interface RoadCaller {
  /**
   * One round trip, one implicit transaction, prepared once per connection under `statementName`: the same name must
   * always come with the same SQL. The SQL is a constant; values go into `parameters`.
   */
  call<Row>(statementName: string, sql: string, parameters: readonly unknown[]): Promise<Row[]>;
}

export interface Database {
  /** Commits when `work` resolves, rolls back when it rejects. `accountId` comes from an authorised context, never from input. */
  withAccount<T>(accountId: string, work: (database: AccountDatabase) => Promise<T>): Promise<T>;
  readonly system: SystemDoor;
  readonly road: RoadCaller;
  /** Milliseconds of one round trip; rejects when the database does not answer. */
  ping(): Promise<number>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** As `hub_app`. */
  readonly connection: DatabaseUrl;
  readonly poolSize: number;
  /** Milliseconds after which PostgreSQL ends one statement. 5 s suits requests, 30 s a worker. */
  readonly statementTimeoutMs?: number;
  /** Milliseconds a whole transaction may last. */
  readonly transactionTimeoutMs?: number;
  /** An idle connection broke. The pool replaces it. */
  readonly onConnectionLost?: (error: Error) => void;
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function openDatabase(options: DatabaseOptions): Database {
  const statementTimeoutMs = options.statementTimeoutMs ?? 5_000;
  const pool = new pg.Pool({
    connectionString: options.connection.expose(),
    max: options.poolSize,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    application_name: appRole,
    // The adapter reads timestamps as UTC whatever the session says. Time limits: SECURITY.md TI-04.
    options: `-c TimeZone=UTC -c statement_timeout=${statementTimeoutMs} -c lock_timeout=3s -c idle_in_transaction_session_timeout=10s`,
  });
  pool.on('error', (error) => options.onConnectionLost?.(error));
  // Each transaction adds a listener while it holds a connection.
  pool.setMaxListeners(0);
  const prisma = new PrismaClient({
    adapter: new PrismaPg(pool, { schema: appSchema }),
    transactionOptions: { maxWait: 5_000, timeout: options.transactionTimeoutMs ?? 10_000 },
  });

  return {
    async withAccount(accountId, work) {
      if (!uuid.test(accountId)) throw new TypeError('an account id must be a uuid');
      return prisma.$transaction(async (transaction) => {
        await transaction.$queryRaw`SELECT set_config('app.account_id', ${accountId}, true)`;
        return work(transaction);
      });
    },
    system: {
      run: (work) => prisma.$transaction((transaction) => work(transaction)),
      async lookUp(name, parameters, read) {
        if (!allowances.lookups.includes(name)) throw new TypeError(`"${name}" is not a look-up`);
        const places = parameters.map((_, index) => `$${index + 1}`).join(', ');
        const { rows } = await pool.query<Record<string, unknown>>({
          name: `lookup.${name}`,
          text: `SELECT * FROM ${appSchema}.${name}(${places})`,
          values: [...parameters],
        });
        return rows.map(read);
      },
    },
    road: {
      async call<Row>(statementName: string, sql: string, parameters: readonly unknown[]) {
        const { rows } = await pool.query<pg.QueryResultRow & Row>({ name: statementName, text: sql, values: [...parameters] });
        return rows;
      },
    },
    async ping() {
      const start = performance.now();
      await pool.query('SELECT 1');
      return performance.now() - start;
    },
    async close() {
      await prisma.$disconnect();
      await pool.end();
    },
  };
}
