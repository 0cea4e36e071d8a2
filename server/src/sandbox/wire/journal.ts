import { hash } from 'node:crypto';
import { appendFile } from 'node:fs/promises';

/** One accepted write. */
export interface JournalEntry {
  /** From 1, without gaps, in order of arrival. */
  readonly seq: number;
  /** Unix milliseconds. */
  readonly at: number;
  readonly kind: string;
  readonly account?: number;
  /** The conversation or the chat. */
  readonly chat?: string | number;
  readonly id?: string | number;
  /** The source id or the client reference. */
  readonly ref?: string | null;
  /** SHA-256 of the content, hex. */
  readonly hash?: string;
  /** What only this kind has. */
  readonly note?: string;
}

export interface Journal {
  append(entry: Omit<JournalEntry, 'seq'>): void;
  /** Entries with a greater `seq`, at most `limit`. */
  after(seq: number, limit: number): readonly JournalEntry[];
  readonly last: number;
  close(): Promise<void>;
}

export interface JournalOptions {
  /** Also written here, one JSON object per line, so that another process can read it. */
  readonly file?: string | undefined;
  /** How many entries stay in memory. */
  readonly keep: number;
}

export const contentHash = (content: string | Uint8Array): string => hash('sha256', content, 'hex');

export function createJournal({ file, keep }: JournalOptions): Journal {
  let entries: JournalEntry[] = [];
  let last = 0;
  let lines: string[] = [];
  let writing: Promise<void> = Promise.resolve();
  let scheduled = false;

  const flush = (): void => {
    scheduled = false;
    const text = lines.join('');
    lines = [];
    if (file !== undefined && text !== '') writing = writing.then(() => appendFile(file, text));
  };

  return {
    append(entry) {
      last += 1;
      const whole = { seq: last, ...entry };
      entries.push(whole);
      // Dropped in large steps: one slice per `keep` entries.
      if (entries.length > 2 * keep) entries = entries.slice(-keep);
      if (file === undefined) return;
      lines.push(`${JSON.stringify(whole)}\n`);
      if (!scheduled) {
        scheduled = true;
        setImmediate(flush);
      }
    },
    after(seq, limit) {
      const first = entries[0]?.seq ?? 1;
      const from = Math.max(0, seq + 1 - first);
      return entries.slice(from, from + limit);
    },
    get last() {
      return last;
    },
    async close() {
      flush();
      await writing;
    },
  };
}
