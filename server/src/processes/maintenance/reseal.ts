import type { KeyRing } from '#platform/crypto';
import type { Database } from '#platform/database';
import { accountColumns, hubColumns, type SealedColumn } from './sealed-columns.ts';

const BATCH = 100;
const ACCOUNTS = 500;
/** A process that was sealing a value when the key changed may leave one of the old key behind. */
const ROUNDS = 5;

interface ResealTools {
  readonly database: Pick<Database, 'withAccount' | 'system'>;
  readonly keys: KeyRing;
}

export interface Resealed {
  readonly resealed: number;
  /** `table.column row`, of values that no key of the file opens. They are left as they are. */
  readonly unreadable: readonly string[];
}

/**
 * Opens every value that is not sealed with the current key and seals it again, a batch at a time, each in one transaction.
 * What is done shows in the values themselves, so it may be ended at any moment and run again.
 */
export async function reseal(tools: ResealTools, onBatch: (resealed: number) => Promise<void> | void = () => undefined): Promise<Resealed> {
  let resealed = 0;
  const unreadable = new Set<string>();
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = resealed;
    for await (const { batch } of staleBatches(tools)) {
      for (let after: string | null = null; ;) {
        const { found, replaced, failed, last }: Batch = await batch(BATCH, after);
        resealed += replaced;
        for (const name of failed) unreadable.add(name);
        if (replaced > 0) await onBatch(resealed);
        if (found < BATCH) break;
        after = last;
      }
    }
    if (resealed === before) break;
  }
  return { resealed, unreadable: [...unreadable] };
}

interface Batch {
  readonly found: number;
  readonly replaced: number;
  readonly failed: readonly string[];
  readonly last: string | null;
}

interface Place {
  readonly batch: (take: number, after: string | null) => Promise<Batch>;
}

/** One place per sealed column of the Hub, and per sealed column of each account. */
async function* staleBatches({ database, keys }: ResealTools): AsyncGenerator<Place> {
  for (const column of hubColumns)
    yield { batch: (take, after) => database.system.run((tables) => resealBatch(tables, { column, keys, accountId: 'hub', take, after })) };
  for (let from: string | null = null; ;) {
    const accounts: string[] = await database.system.lookUp('all_accounts', [from, ACCOUNTS], (row) => String(row['account_id']));
    for (const accountId of accounts) {
      for (const column of accountColumns)
        yield {
          batch: (take, after) =>
            database.withAccount(accountId, (tables) => resealBatch(tables, { column, keys, accountId, take, after })),
        };
    }
    from = accounts.at(-1) ?? null;
    if (accounts.length < ACCOUNTS) return;
  }
}

interface BatchTask<Tables> {
  readonly column: SealedColumn<Tables>;
  readonly keys: KeyRing;
  readonly accountId: string;
  readonly take: number;
  readonly after: string | null;
}

async function resealBatch<Tables>(tables: Tables, { column, keys, accountId, take, after }: BatchTask<Tables>): Promise<Batch> {
  const values = await column.stale(tables, { current: `v1.${keys.ids()[0] ?? ''}.`, after, take });
  const failed: string[] = [];
  let replaced = 0;
  for (const value of values) {
    const place = { accountId, table: column.table, column: column.column, rowId: value.rowId };
    const again = sealAgain(keys, place, value.sealed);
    if (again === null) failed.push(`${column.table}.${column.column} ${value.rowId}`);
    else if (await column.replace(tables, value, again)) replaced += 1;
  }
  return { found: values.length, replaced, failed, last: values.at(-1)?.rowId ?? null };
}

function sealAgain(keys: KeyRing, place: Parameters<KeyRing['seal']>[0], sealed: string): string | null {
  try {
    return keys.seal(place, keys.open(place, sealed));
  } catch {
    return null;
  }
}
