import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Records } from './records.ts';

export interface Blob {
  readonly id: string;
  readonly fileName: string;
  readonly contentType: string;
  readonly sizeBytes: number;
}

export interface Blobs {
  put(blob: Blob, bytes: Buffer): Promise<void>;
  /** Null when it never was, or was dropped to make room. */
  get(id: string): Promise<{ readonly blob: Blob; readonly bytes: Buffer } | null>;
}

export interface BlobOptions {
  /** Absent: in memory. */
  readonly directory: string | undefined;
  /** The oldest are dropped above this. */
  readonly maxBytes: number;
}

/** File ids are made by the peers themselves, hex only. */
export function openBlobs(records: Records, { directory, maxBytes }: BlobOptions): Blobs {
  const table = records.table<Blob>('blobs');
  const inMemory = new Map<string, Buffer>();
  let total = [...table.rows.values()].reduce((sum, blob) => sum + blob.sizeBytes, 0);

  async function makeRoom(): Promise<void> {
    for (const [id, blob] of table.rows) {
      if (total <= maxBytes) return;
      total -= blob.sizeBytes;
      table.remove(id);
      inMemory.delete(id);
      if (directory !== undefined) await rm(join(directory, id), { force: true });
    }
  }

  return {
    async put(blob, bytes) {
      table.put(blob.id, blob);
      total += blob.sizeBytes;
      if (directory === undefined) {
        inMemory.set(blob.id, bytes);
      } else {
        await mkdir(directory, { recursive: true });
        await writeFile(join(directory, blob.id), bytes);
      }
      await makeRoom();
    },
    async get(id) {
      const blob = table.get(id);
      if (blob === undefined) return null;
      const bytes = directory === undefined ? inMemory.get(id) : await readFile(join(directory, blob.id)).catch(() => undefined);
      return bytes === undefined ? null : { blob, bytes };
    },
  };
}
