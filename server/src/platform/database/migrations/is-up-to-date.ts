import { createHash } from 'node:crypto';
import type { MigrationList } from '@prisma/schema-engine-wasm';
import type pg from 'pg';
import { appSchema } from '../roles.ts';

/**
 * Whether the database has exactly these migrations, all whole and unchanged. The schema engine would say the same, but it
 * takes some 20 MB of memory that a process never gives back, and most starts find nothing to do.
 */
export async function isUpToDate(client: pg.Client, migrations: MigrationList): Promise<boolean> {
  const { rows: tables } = await client.query<{ there: boolean }>(
    `SELECT to_regclass('${appSchema}._prisma_migrations') IS NOT NULL AS there`,
  );
  if (tables[0]?.there !== true) return false;
  const { rows } = await client.query<{ name: string; checksum: string; whole: boolean }>(
    `SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS whole FROM ${appSchema}._prisma_migrations WHERE rolled_back_at IS NULL`,
  );
  const applied = new Map(rows.map((row) => [row.name, row.whole ? row.checksum : '']));
  const wanted = migrations.migrationDirectories;
  return (
    applied.size === wanted.length &&
    wanted.every(({ path, migrationFile: { content } }) => content.tag === 'ok' && applied.get(path) === checksumOf(content.value))
  );
}

const checksumOf = (script: string): string => createHash('sha256').update(script).digest('hex');
