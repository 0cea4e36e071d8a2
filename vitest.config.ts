import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('.', import.meta.url));
const databaseSetup = 'tests/support/database-setup.ts';
const withDatabase = existsSync(`${root}${databaseSetup}`) ? { globalSetup: [databaseSetup] } : {};

const conditions = ['hub-source'];
const resolve = { resolve: { conditions }, ssr: { resolve: { conditions } } };
const never = ['**/node_modules/**', '**/dist/**'];
const databaseTests = '**/*.db.test.ts';

/** Groups run one after another, so that what fills the machine does not disturb what measures time. */
const project = (name: string, order: number, settings: object) => ({
  ...resolve,
  root,
  test: { name, exclude: never, sequence: { groupOrder: order }, ...settings },
});

export default {
  root,
  ...resolve,
  test: {
    projects: [
      project('unit', 0, {
        include: ['{server,sdk,embed-script,web}/src/**/*.test.{ts,tsx}', 'tests/support/**/*.test.ts'],
        exclude: [...never, databaseTests],
        // Nothing of ours keeps state in a module, so files share their workers: half the processor time.
        pool: 'threads',
        isolate: false,
      }),
      project('rules', 1, { include: ['tooling/**/*.test.ts'], testTimeout: 90_000, hookTimeout: 90_000 }),
      project('db', 2, { include: [databaseTests], maxWorkers: 2, testTimeout: 20_000, hookTimeout: 60_000, ...withDatabase }),
      project('census', 3, {
        include: ['tests/census/**/*.test.ts'],
        maxWorkers: 1,
        testTimeout: 60_000,
        hookTimeout: 60_000,
        ...withDatabase,
      }),
      project('security', 4, {
        include: ['tests/security/**/*.test.ts'],
        maxWorkers: 1,
        testTimeout: 180_000,
        hookTimeout: 120_000,
        ...withDatabase,
      }),
      project('flows', 5, {
        include: ['tests/flows/**/*.test.ts'],
        maxWorkers: 1,
        testTimeout: 120_000,
        hookTimeout: 120_000,
        ...withDatabase,
      }),
      project('browser', 6, {
        include: ['tests/browser/**/*.test.ts'],
        maxWorkers: 1,
        testTimeout: 120_000,
        hookTimeout: 120_000,
        ...withDatabase,
      }),
      project('faults', 7, { include: ['tests/faults/**/*.test.ts'], maxWorkers: 1, testTimeout: 300_000, hookTimeout: 120_000 }),
    ],
    coverage: {
      provider: 'v8',
      reporter: ['text-summary', 'json-summary'],
      reportsDirectory: 'coverage',
      include: [
        'server/src/providers/**/*.ts',
        'server/src/chatwoot/**/*.ts',
        'server/src/bridge/**/*.ts',
        'server/src/modules/access/**/*.ts',
      ],
      exclude: ['**/*.test.ts', '**/*.fixture.ts', '**/conformance/**'],
      thresholds: {
        'server/src/providers/**': { lines: 85 },
        'server/src/chatwoot/**': { lines: 85 },
        'server/src/bridge/**': { lines: 85 },
        'server/src/modules/access/**': { lines: 85 },
      },
    },
  },
};
