import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Secret } from '#platform/crypto';
import { connectForStart } from '../connect.ts';
import { changeUrl, type DatabaseUrl } from '../database-url.ts';
import { makeRoles } from '../make-roles.ts';
import { readMigrations, readSchema } from './read-migrations.ts';
import { withSchemaEngine } from './schema-engine.ts';

export interface CompareOptions {
  /** A superuser of a server where databases may be made and dropped. */
  readonly admin: DatabaseUrl;
  readonly roleSeed: Secret;
  readonly prismaFolder: string;
}

/** The SQL that leads from what the migrations make to what the schema says; null when they agree. */
export async function findDrift(options: CompareOptions): Promise<string | null> {
  const name = `hub_shadow_${randomBytes(6).toString('hex')}`;
  const shadow = changeUrl(options.admin, { database: name });
  const client = await connectForStart(options.admin);
  try {
    await client.query(`CREATE DATABASE ${name}`);
    const inside = await connectForStart(shadow);
    await makeRoles(inside, shadow, options.roleSeed).finally(() => inside.end());
    const migrations = await readMigrations(options.prismaFolder);
    const schema = await readSchema(options.prismaFolder);
    const script = await withSchemaEngine({ database: shadow, shadow }, async (engine) => {
      const { stdout } = await engine.diff({
        from: { tag: 'migrations', ...migrations },
        to: { tag: 'schemaDatamodel', ...schema },
        script: true,
        exitCode: null,
        filters: { externalTables: [], externalEnums: [] },
      });
      return stdout ?? '';
    });
    const statements = script.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('--'));
    return statements.length === 0 ? null : script;
  } finally {
    await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`).finally(() => client.end());
  }
}

/** Writes the next migration from the difference and returns its file; null when there is none. */
export async function createMigration(options: CompareOptions & { readonly name: string; readonly now: Date }): Promise<string | null> {
  if (!/^[a-z][a-z0-9_]{2,60}$/.test(options.name)) throw new TypeError('a migration is named like add_instance_note');
  const script = await findDrift(options);
  if (script === null) return null;
  const stamp = options.now.toISOString().replaceAll(/\D/g, '').slice(0, 14);
  const folder = join(options.prismaFolder, 'migrations', `${stamp}_${options.name}`);
  await mkdir(folder);
  const file = join(folder, 'migration.sql');
  await writeFile(file, `${script.trim()}\n`);
  return file;
}
