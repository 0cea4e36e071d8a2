import type { TestDatabase } from './database.ts';

export const SINKS = ['log', 'answers', 'queue', 'tables'] as const;
export type Sink = (typeof SINKS)[number];

/** What was caught at each place a secret could leak to, piece by piece: a line, an answer, a row. */
export type Caught = Readonly<Record<Sink, readonly Piece[]>>;

export interface Piece {
  /** Such as `POST /api/v1/auth/login` or `app.message`. */
  readonly where: string;
  readonly text: string;
}

export interface Canary {
  /** What kind of secret it is. */
  readonly name: string;
  readonly value: string;
  /** Where it must not be. */
  readonly sinks: readonly Sink[];
  /** The answers that give it to whom it was made for. */
  readonly givenBy?: RegExp;
}

export interface Leak {
  readonly name: string;
  readonly sink: Sink;
  readonly where: string;
  readonly how: string;
}

/** Every way a value is written down in practice. In base64 it looks different at each of three offsets. */
export function writingsOf(value: string): readonly { readonly how: string; readonly text: string; readonly anyCase: boolean }[] {
  const bytes = Buffer.from(value);
  const base64 = [0, 1, 2].map((offset) => {
    const whole = Buffer.concat([Buffer.alloc(offset), bytes]);
    // The first and the last group mix with their neighbours.
    const from = offset === 0 ? 0 : 4;
    return whole.toString('base64').slice(from, Math.floor(whole.length / 3) * 4);
  });
  const found = [
    { how: 'raw', text: value, anyCase: false },
    { how: 'JSON', text: JSON.stringify(value).slice(1, -1), anyCase: false },
    { how: 'JSON in JSON', text: JSON.stringify(JSON.stringify(value)).slice(3, -3), anyCase: false },
    { how: 'URL-encoded', text: encodeURIComponent(value), anyCase: true },
    { how: 'form-encoded', text: new URLSearchParams({ x: value }).toString().slice(2), anyCase: true },
    ...base64.map((text) => ({ how: 'base64', text, anyCase: false })),
    ...base64.map((text) => ({ how: 'base64url', text: text.replaceAll('+', '-').replaceAll('/', '_'), anyCase: false })),
    { how: 'hex', text: bytes.toString('hex'), anyCase: true },
  ];
  return found.filter(({ text }, index) => found.findIndex((other) => other.text === text) === index);
}

/** Each canary in each place it must not be. */
export function findLeaks(canaries: readonly Canary[], caught: Caught): readonly Leak[] {
  const low = new Map<Piece, string>();
  const lowOf = (piece: Piece): string => {
    const known = low.get(piece) ?? piece.text.toLowerCase();
    low.set(piece, known);
    return known;
  };
  return canaries.flatMap(({ name, value, sinks, givenBy }) => {
    if (value.length < 8) throw new Error(`the canary ${name} is too short to be looked for: ${value}`);
    const writings = writingsOf(value);
    return sinks.flatMap((sink) =>
      caught[sink].flatMap((piece) => {
        if (sink === 'answers' && givenBy?.test(piece.where)) return [];
        const hit = writings.find(({ text, anyCase }) => (anyCase ? lowOf(piece).includes(text.toLowerCase()) : piece.text.includes(text)));
        return hit === undefined ? [] : [{ name, sink, where: piece.where, how: hit.how }];
      }),
    );
  });
}

/** Every row of every table, as text; bytes as hex. What is not the Hub's own schema is the queue's. */
export async function dumpTables(database: TestDatabase): Promise<Pick<Caught, 'queue' | 'tables'>> {
  const tables = await database.asSuperuser(`
    SELECT n.nspname AS schema, c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg_toast%' ORDER BY 1, 2`);
  const caught: { queue: Piece[]; tables: Piece[] } = { queue: [], tables: [] };
  for (const { schema, name } of tables) {
    const where = `${String(schema)}.${String(name)}`;
    const rows = await database.asSuperuser(`SELECT t::text AS text FROM "${String(schema)}"."${String(name)}" t`);
    caught[schema === 'app' ? 'tables' : 'queue'].push({ where, text: rows.map(({ text }) => String(text)).join('\n') });
  }
  return caught;
}
