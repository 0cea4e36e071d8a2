import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { PrismaPg } from '@prisma/adapter-pg';
import {
  bindMigrationAwareSqlAdapterFactory,
  ColumnTypeEnum,
  DriverAdapterError,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import type { SchemaEngine } from '@prisma/schema-engine-wasm';
import pg from 'pg';
import type { DatabaseUrl } from '../database-url.ts';
import { appSchema, ownerRole } from '../roles.ts';

export interface EngineAddresses {
  readonly database: DatabaseUrl;
  /** An empty database the engine may fill; only for comparing. */
  readonly shadow?: DatabaseUrl;
}

/**
 * Runs Prisma's schema engine (WebAssembly) over the driver adapter; connections are closed when `work` ends.
 * Everything it makes belongs to `hub_owner`.
 */
export async function withSchemaEngine<T>(addresses: EngineAddresses, work: (engine: SchemaEngine) => Promise<T>): Promise<T> {
  const opened: SqlDriverAdapter[] = [];
  const open = async (url: DatabaseUrl | undefined, searchPath: string): Promise<SqlDriverAdapter> => {
    if (url === undefined) throw new Error('no shadow database was given to the schema engine');
    const adapter = await openAdapter(url, searchPath);
    opened.push(adapter);
    return adapter;
  };
  const factory: SqlMigrationAwareDriverAdapterFactory = {
    provider: 'postgres',
    adapterName: '@prisma/adapter-pg',
    // The engine's own table of migrations is made in the first schema of the path.
    connect: () => open(addresses.database, appSchema),
    // The adapter's own version ignores the shadow name when it has a connection string, and works on the real database.
    // There the schema stays out of the path: names in it would be read back shortened, and differ from the schema file.
    connectToShadowDb: () => open(addresses.shadow, 'pg_catalog'),
  };
  const engineClass = await loadEngine();
  const engine = await engineClass.new({ datamodels: undefined }, () => undefined, bindMigrationAwareSqlAdapterFactory(factory));
  try {
    return await work(engine);
  } finally {
    engine.free();
    // The engine's advisory lock lives as long as its connection.
    await Promise.all(opened.map((adapter) => adapter.dispose().catch(() => undefined)));
  }
}

let loaded: Promise<typeof SchemaEngine> | undefined;

/** Once per process: the package keeps the memory of its instance in its own module, and a second instance would use the first one's. */
function loadEngine(): Promise<typeof SchemaEngine> {
  return (loaded ??= instantiateEngine());
}

async function instantiateEngine(): Promise<typeof SchemaEngine> {
  // The engine writes its panics here and fails differently when it is missing.
  Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: { set_message: (message: string) => process.emitWarning(message) } });
  const folder = dirname(createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm'));
  const glue = await import('@prisma/schema-engine-wasm/schema_engine_bg');
  const { instance } = await WebAssembly.instantiate(await readFile(join(folder, 'schema_engine_bg.wasm')), {
    './schema_engine_bg.js': glue,
  });
  glue.__wbg_set_wasm(instance.exports);
  const start: unknown = instance.exports['__wbindgen_start'];
  if (typeof start === 'function') Reflect.apply(start, undefined, []);
  return glue.SchemaEngine;
}

const CHAR_MARK = '\u0000char:';
/** `"char"`, the one-byte type of the catalogue, and text. */
const CHAR_OID = 18;
const TEXT_OID = 25;

async function openAdapter(url: DatabaseUrl, searchPath: string): Promise<SqlDriverAdapter> {
  const pool = new pg.Pool({
    connectionString: url.expose(),
    max: 1,
    options: `-c TimeZone=UTC -c role=${ownerRole} -c search_path=${searchPath} -c lock_timeout=30s`,
  });
  markCharColumns(pool);
  const inner = await new PrismaPg(pool, { schema: appSchema, disposeExternalPool: true }).connect();
  return {
    provider: inner.provider,
    adapterName: inner.adapterName,
    executeRaw: (query) => inner.executeRaw(query),
    startTransaction: (isolation) => inner.startTransaction(isolation),
    getConnectionInfo: () => inner.getConnectionInfo(),
    dispose: () => inner.dispose(),
    // The adapter splits at every semicolon, also inside functions and strings. One simple query keeps the script whole and all or nothing.
    async executeScript(script) {
      // The engine leaves the schema out of what it writes.
      await pool.query(`SET LOCAL search_path = ${appSchema};\n${script}`).catch((error: unknown) => {
        throw inWordsOfTheAdapter(error);
      });
    },
    // The adapter refuses `"char"`, which every reading of a catalogue meets. Called text, the engine panics on it.
    async queryRaw(query) {
      const result = await inner.queryRaw(query);
      return {
        ...result,
        columnNames: result.columnNames.map((name) => name.replace(CHAR_MARK, '')),
        columnTypes: result.columnTypes.map((type, index) =>
          result.columnNames[index]?.startsWith(CHAR_MARK) === true ? ColumnTypeEnum.Character : type,
        ),
      };
    },
  };
}

/** Only an error of this kind reaches the engine's message with its text. */
function inWordsOfTheAdapter(error: unknown): unknown {
  if (!(error instanceof pg.DatabaseError)) return error;
  const { code = '', severity = '', message, detail, column, hint } = error;
  return new DriverAdapterError({
    kind: 'postgres',
    originalCode: code,
    originalMessage: message,
    code,
    severity,
    message,
    detail,
    column,
    hint,
  });
}

function markCharColumns(pool: pg.Pool): void {
  const query: (config: pg.QueryArrayConfig) => Promise<pg.QueryArrayResult> = pool.query.bind(pool);
  Object.assign(pool, {
    async query(config: pg.QueryArrayConfig) {
      const result = await query(config);
      for (const field of result.fields ?? []) {
        if (field.dataTypeID === CHAR_OID) Object.assign(field, { dataTypeID: TEXT_OID, name: `${CHAR_MARK}${field.name}` });
      }
      return result;
    },
  });
}
