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
      throw new StartProblem(
        'migration-failed',
        `A migration could not be applied: ${describe(error)}`,
        'Nothing of it was kept. Repair the cause and start again.',
        { cause: error },
      );
    }
  });
}

function describe(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ').slice(0, 500);
}
