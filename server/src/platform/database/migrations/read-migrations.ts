import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { MigrationList, SchemasContainer } from '@prisma/schema-engine-wasm';

/** The project's `prisma` folder, found upwards: this code runs from its source and from a bundle at another depth. */
export function findPrismaFolder(from = dirname(fileURLToPath(import.meta.url))): string {
  const folder = join(from, 'prisma', 'migrations');
  if (existsSync(folder)) return dirname(folder);
  if (dirname(from) === from) throw new Error('the folder prisma/migrations was not found');
  return findPrismaFolder(dirname(from));
}

/** The migrations on disk as the schema engine wants them, in their order. */
export async function readMigrations(prismaFolder: string): Promise<MigrationList> {
  const baseDir = join(prismaFolder, 'migrations');
  const entries = await readdir(baseDir, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return {
    baseDir,
    lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' },
    shadowDbInitScript: '',
    migrationDirectories: await Promise.all(
      names.toSorted().map(async (path) => ({
        path,
        migrationFile: {
          path: 'migration.sql',
          content: { tag: 'ok' as const, value: await readFile(join(baseDir, path, 'migration.sql'), 'utf8') },
        },
      })),
    ),
  };
}

export async function readSchema(prismaFolder: string): Promise<SchemasContainer> {
  const folder = join(prismaFolder, 'schema');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.prisma')).toSorted();
  return {
    files: await Promise.all(
      names.map(async (name) => ({ path: join(folder, name), content: await readFile(join(folder, name), 'utf8') })),
    ),
  };
}
