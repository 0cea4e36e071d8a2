import { existsSync, readFileSync } from 'node:fs';
import { appendFile, rename, writeFile } from 'node:fs/promises';

export interface Table<Row> {
  readonly rows: ReadonlyMap<string, Row>;
  get(id: string | number): Row | undefined;
  /** Keeps the row, or its new state. */
  put(id: string | number, row: Row): void;
  remove(id: string | number): void;
}

/** Tables in memory; with a file, each change is a line there and survives a restart. */
export interface Records {
  table<Row>(name: string): Table<Row>;
  close(): Promise<void>;
}

/** Below this many changes a rewrite is not worth it. */
const FEWEST_TO_COMPACT = 10_000;

export function openRecords(stateFile: string | undefined): Records {
  const tables = new Map<string, Map<string, unknown>>();
  const rowsOf = (name: string): Map<string, unknown> => {
    const rows = tables.get(name) ?? new Map<string, unknown>();
    tables.set(name, rows);
    return rows;
  };
  const log = stateFile === undefined ? null : openLog(stateFile, tables);
  if (stateFile !== undefined) replay(stateFile, rowsOf);

  return {
    table<Row>(name: string): Table<Row> {
      // The rows of a table are only ever written through this door, by the same release's row type.
      const rows = rowsOf(name) as Map<string, Row>;
      return {
        rows,
        get: (id) => rows.get(String(id)),
        put(id, row) {
          rows.set(String(id), row);
          log?.write([name, String(id), row]);
        },
        remove(id) {
          rows.delete(String(id));
          log?.write([name, String(id)]);
        },
      };
    },
    close: async () => log?.close(),
  };
}

function replay(file: string, rowsOf: (name: string) => Map<string, unknown>): void {
  if (!existsSync(file)) return;
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const change = parseLine(line);
    if (change === null) continue;
    const [name, id, row] = change;
    if (row === undefined) rowsOf(name).delete(id);
    else rowsOf(name).set(id, row);
  }
}

/** Null for the torn last line of a process that was killed. */
function parseLine(line: string): [string, string, unknown?] | null {
  if (line === '') return null;
  try {
    const change: unknown = JSON.parse(line);
    return Array.isArray(change) && typeof change[0] === 'string' && typeof change[1] === 'string'
      ? [change[0], change[1], change[2]]
      : null;
  } catch {
    return null;
  }
}

function openLog(file: string, tables: ReadonlyMap<string, ReadonlyMap<string, unknown>>) {
  let lines: string[] = [];
  let appended = 0;
  let changes = 0;
  let work: Promise<void> = Promise.resolve();
  let scheduled = false;

  const liveRows = (): number => [...tables.values()].reduce((sum, rows) => sum + rows.size, 0);

  /** The tables already hold what is waiting in `lines`, so those lines are not needed after a rewrite. */
  async function compact(): Promise<void> {
    lines = [];
    appended = 0;
    const all: string[] = [];
    for (const [name, rows] of tables) for (const [id, row] of rows) all.push(`${JSON.stringify([name, id, row])}\n`);
    await writeFile(`${file}.new`, all.join(''));
    await rename(`${file}.new`, file);
  }

  async function append(): Promise<void> {
    const text = lines.join('');
    lines = [];
    // A line torn by a kill must not swallow the next one.
    if (text !== '') await appendFile(file, appended === 0 ? `\n${text}` : text);
    appended += 1;
  }

  function flush(): void {
    scheduled = false;
    changes += lines.length;
    if (changes > FEWEST_TO_COMPACT && changes > 2 * liveRows()) {
      changes = 0;
      work = work.then(compact);
    } else {
      work = work.then(append);
    }
  }
  return {
    write(change: readonly unknown[]): void {
      lines.push(`${JSON.stringify(change)}\n`);
      if (scheduled) return;
      scheduled = true;
      setImmediate(flush);
    },
    async close(): Promise<void> {
      work = work.then(append);
      await work;
    },
  };
}
