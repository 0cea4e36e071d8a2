import type { MigrationList } from '@prisma/schema-engine-wasm';
import type { DatabaseUrl } from '../database-url.ts';
import { StartProblem } from '../start-problem.ts';
import { withSchemaEngine } from './schema-engine.ts';

const everything = { externalTables: [], externalEnums: [] };

/**
 * Applies what is missing, as `hub_owner`, and returns the names. Each migration is one transaction, so one that failed
 * or was interrupted left nothing behind and is simply tried again. Throws `StartProblem`.
 */
export async function applyMigrations(admin: DatabaseUrl, migrations: MigrationList): Promise<readonly string[]> {
  return withSchemaEngine({ database: admin }, async (engine) => {
    const state = await engine.diagnoseMigrationHistory({ migrationsList: migrations, optInToShadowDatabase: false, filters: everything });
    const [edited] = state.editedMigrationNames.filter((name) => !state.failedMigrationNames.includes(name));
    if (edited !== undefined) {
      throw new StartProblem(
        'migration-failed',
        `The migration ${edited} was changed after this database had applied it.`,
        'Put the file back as it was and write a new migration instead. (A database that may be thrown away: delete the data folder.)',
      );
    }
    for (const migrationName of state.failedMigrationNames) await engine.markMigrationRolledBack({ migrationName });
    try {
      const { appliedMigrationNames } = await engine.applyMigrations({ migrationsList: migrations, filters: everything });
      return appliedMigrationNames;
    } catch (error) {
      throw new StartProblem('migration-failed', describe(error), 'Nothing of it was kept. Repair the cause and start again.', {
        cause: error,
      });
    }
  });
}

/** The engine's message ends with its own call stack, which names the migration. */
function describe(error: unknown): string {
  const text = (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ');
  const name = /migration_name="([^"]+)"/.exec(text)?.[1];
  const reason = text.replace(/ 0: [a-z_]+::.*$/, '').replace(/^.*Error querying the database: /, '');
  return `The migration ${name ?? ''} could not be applied: ${reason.slice(0, 400)}.`;
}
