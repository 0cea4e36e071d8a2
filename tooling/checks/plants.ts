/** One planted violation per rule. `files` are added to a copy of the project; the first is the one that breaks the rule. */
type Files = Readonly<Record<string, string>>;

interface Plant {
  readonly rule: string;
  /** When one rule is planted twice. */
  readonly what?: string;
  readonly files: Files;
  /** When the report is about another file than the first. */
  readonly reported?: string;
}

/** The rule's name where nothing says more. */
const named = (plants: readonly Plant[]) =>
  plants.map((plant) => ({ what: plant.rule, reported: Object.keys(plant.files)[0] ?? '', ...plant }));

const from = (path: string, names = 'x'): string => `import { ${names} } from '${path}';\nexport const planted = ${names};\n`;
const file = (path: string, text: string): Files => ({ [path]: text });

/** Dependency rules: exactly the named rule fires for the first file. */
export const boundaryPlants = named([
  {
    rule: 'no-cycles',
    files: {
      'server/src/bridge/lanes/planted-one.ts': from('./planted-other.ts', 'other').replace('planted = other', 'one = () => other'),
      'server/src/bridge/lanes/planted-other.ts': from('./planted-one.ts', 'one').replace('planted = one', 'other = () => one'),
    },
  },
  { rule: 'everything-resolves', files: file('server/src/bridge/lanes/planted-nowhere.ts', from('./not-there.ts')) },
  {
    rule: 'rooms-have-one-door',
    files: {
      'server/src/bridge/lanes/planted-past-the-door.ts': from('../../chatwoot/planted-inside.ts'),
      'server/src/chatwoot/planted-inside.ts': 'export const x = 1;\n',
    },
  },
  {
    rule: 'tests-enter-rooms-by-doors',
    files: {
      'server/src/bridge/lanes/planted.test.ts': from('../../chatwoot/planted-inside.ts'),
      'server/src/chatwoot/planted-inside.ts': 'export const x = 1;\n',
    },
  },
  { rule: 'the-house-uses-doors', files: { 'server/src/planted-route.ts': from('./chatwoot/planted-inside.ts') } },
  { rule: 'platform-knows-no-domain', files: file('server/src/platform/clock/planted.ts', from('../../chatwoot/index.ts')) },
  { rule: 'kit-knows-only-the-contract', files: file('server/src/providers/kit/planted.ts', from('#platform/config')) },
  { rule: 'provider-knows-only-the-kit', files: file('server/src/providers/evolution/planted.ts', from('#platform/database')) },
  {
    rule: 'provider-knows-only-the-kit',
    what: 'provider-knows-only-the-kit: another provider',
    files: file('server/src/providers/uazapi/planted.ts', from('../evolution/index.ts')),
  },
  {
    rule: 'only-processes-see-the-providers',
    files: file('server/src/modules/instances/planted-provider.ts', from('../../providers/evolution/index.ts')),
  },
  { rule: 'vendor-room-knows-only-platform', files: file('server/src/chatwoot/planted-vendor.ts', from('#provider-kit')) },
  {
    rule: 'modules-do-not-know-the-road',
    files: { 'server/src/modules/inboxes/planted.ts': from('../../bridge/index.ts') },
  },
  {
    rule: 'bridge-knows-no-process',
    files: {
      'server/src/bridge/lanes/planted-process.ts': from('../../planted-root.ts'),
      'server/src/planted-root.ts': 'export const x = 1;\n',
    },
  },
  { rule: 'sandbox-is-started-by-processes', files: file('server/src/planted-sandbox-user.ts', from('./sandbox/index.ts')) },
  { rule: 'sandbox-is-a-stranger', files: file('server/src/sandbox/planted.ts', from('#chatwoot')) },
  {
    rule: 'nobody-imports-a-process',
    files: {
      'server/src/planted-process-user.ts': from('./processes/planted-process.ts'),
      'server/src/processes/planted-process.ts': 'export const x = 1;\n',
    },
  },
  {
    rule: 'only-the-database-room-imports-prisma',
    files: file('server/src/modules/messages/planted-prisma.ts', from('#prisma', 'PrismaClient')),
  },
  {
    rule: 'only-the-database-and-queue-rooms-import-pg',
    files: file('server/src/modules/messages/planted-pg.ts', "import pg from 'pg';\nexport const planted = pg;\n"),
  },
  {
    rule: 'server-sees-the-contract-only',
    files: {
      'server/src/modules/messages/planted-client.ts': from('../../../../sdk/src/planted-client.ts'),
      'sdk/src/planted-client.ts': 'export const x = 1;\n',
    },
  },
  { rule: 'sdk-stands-alone', files: file('sdk/src/planted-server.ts', from('../../server/src/platform/clock/index.ts')) },
  {
    rule: 'browser-sees-server-types-only',
    files: file('web/src/planted-server.ts', from('../../server/src/platform/clock/index.ts')),
  },
  { rule: 'embed-script-imports-nothing', files: file('embed-script/src/planted.ts', from('node:path', 'join')) },
  {
    rule: 'product-does-not-import-tests',
    files: { 'sdk/src/planted-fixture.ts': from('./planted-thing.test.ts'), 'sdk/src/planted-thing.test.ts': 'export const x = 1;\n' },
  },
  {
    rule: 'conformance-is-for-tests',
    files: file('server/src/providers/uazapi/planted-suite.ts', from('../kit/conformance/index.ts')),
  },
  {
    rule: 'tests-use-doors',
    files: {
      'tests/flows/planted.test.ts': from('../../server/src/chatwoot/planted-inside.ts'),
      'server/src/chatwoot/planted-inside.ts': 'export const x = 1;\n',
    },
  },
]);

const server = (name: string, text: string): Files => file(`server/src/bridge/lanes/planted-${name}.ts`, text);
const manyLines = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => line(index)).join('\n');

/** Lint rules: exactly the named rule fires. */
export const lintPlants = named([
  { rule: 'typescript(no-floating-promises)', files: server('floating', 'export function planted(): void {\n  Promise.resolve(1);\n}\n') },
  {
    rule: 'typescript(no-misused-promises)',
    files: server(
      'misused',
      'export const planted = (list: string[]): void => list.forEach(async (one) => void (await Promise.resolve(one)));\n',
    ),
  },
  { rule: 'typescript(no-explicit-any)', files: server('any', 'export type Planted = any;\n') },
  {
    rule: 'typescript(no-non-null-assertion)',
    files: server('bang', 'export const planted = (list: readonly string[]): string => list[0]!;\n'),
  },
  { rule: 'typescript(ban-ts-comment)', files: server('ts-ignore', '// @ts-ignore\nexport const planted = 1;\n') },
  { rule: 'typescript(only-throw-error)', files: server('throw', "export function planted(): never {\n  throw 'words';\n}\n") },
  {
    rule: 'typescript(switch-exhaustiveness-check)',
    files: server('switch', "export function planted(kind: 'a' | 'b'): void {\n  switch (kind) {\n    case 'a':\n      return;\n  }\n}\n"),
  },
  { rule: 'typescript(no-unsafe-return)', files: server('unsafe', 'export const planted = (text: string): string => JSON.parse(text);\n') },
  {
    rule: 'typescript(no-unsafe-assignment)',
    files: server(
      'unsafe-assignment',
      'export function planted(text: string): string {\n  const parsed = JSON.parse(text);\n  return String(parsed);\n}\n',
    ),
  },
  {
    rule: 'typescript(no-unsafe-argument)',
    files: server('unsafe-argument', 'export const planted = (text: string): number => Math.abs(JSON.parse(text));\n'),
  },
  {
    rule: 'typescript(no-unsafe-call)',
    files: server('unsafe-call', 'export function planted(text: string): void {\n  JSON.parse(text)();\n}\n'),
  },
  {
    rule: 'typescript(no-unsafe-member-access)',
    files: server('unsafe-member', 'export const planted = (text: string): boolean => JSON.parse(text).length > 0;\n'),
  },
  {
    rule: 'typescript(no-unnecessary-type-assertion)',
    files: server('assertion', 'export const planted = (text: string): string => text as string;\n'),
  },
  {
    rule: 'typescript(consistent-type-imports)',
    files: server('type-import', "import { Server } from 'node:http';\nexport type Planted = Server;\n"),
  },
  { rule: 'typescript(no-namespace)', files: server('namespace', 'export namespace Planted {\n  export const one = 1;\n}\n') },
  { rule: 'eslint(no-eval)', files: server('eval', "export const planted = (): unknown => eval('1') as unknown;\n") },
  { rule: 'eslint(no-var)', files: server('var', 'export function planted(): number {\n  var one = 1;\n  one += 1;\n  return one;\n}\n') },
  { rule: 'eslint(prefer-const)', files: server('let', 'export function planted(): number {\n  let one = 1;\n  return one;\n}\n') },
  {
    rule: 'eslint(no-restricted-imports)',
    files: server(
      'generated',
      "import type { PrismaClient } from '../../generated/prisma/client.ts';\nexport type Planted = PrismaClient;\n",
    ),
  },
  {
    rule: 'vitest(valid-expect)',
    files: file(
      'server/src/bridge/lanes/planted-expect.test.ts',
      "import { expect, test } from 'vitest';\ntest('planted', () => {\n  expect(1);\n});\n",
    ),
  },
  {
    rule: 'eslint(no-empty)',
    files: server('swallow', 'export function planted(work: () => void): void {\n  try {\n    work();\n  } catch {}\n}\n'),
  },
  { rule: 'eslint(eqeqeq)', files: server('equal', 'export const planted = (one: string, other: string): boolean => one == other;\n') },
  { rule: 'eslint(no-unused-vars)', files: server('unused', 'export function planted(): void {\n  const unused = 1;\n}\n') },
  { rule: 'eslint(no-console)', files: server('console', "console.log('planted');\n") },
  { rule: 'node(no-process-env)', files: server('env', "export const planted = process.env['HOME'];\n") },
  { rule: 'eslint(no-warning-comments)', files: server('later', `// TO${'DO'}: later\nexport const planted = 1;\n`) },
  { rule: 'eslint(max-lines)', files: server('long', manyLines(401, (index) => `export const planted${index} = ${index};`) + '\n') },
  {
    rule: 'eslint(max-lines-per-function)',
    files: server(
      'tall',
      `export function planted(): number {\n  let sum = 0;\n${manyLines(91, (index) => `  sum += ${index};`)}\n  return sum;\n}\n`,
    ),
  },
  { rule: 'house(no-export-star)', files: server('star', "export * from './sweep.ts';\n") },
  {
    rule: 'house(compare-secrets-in-constant-time)',
    files: server('compare', 'export const planted = (given: string, tokenHash: string): boolean => given === tokenHash;\n'),
  },
  {
    rule: 'house(no-raw-sql)',
    files: server(
      'unsafe-sql',
      "export const planted = (tx: { $queryRawUnsafe(sql: string): unknown }): unknown => tx.$queryRawUnsafe('select 1');\n",
    ),
  },
  {
    rule: 'house(no-built-sql)',
    files: server(
      'built-sql',
      'export const planted = (pool: { query(sql: string): unknown }, name: string): unknown => pool.query(`select * from ${name}`);\n',
    ),
  },
  {
    rule: 'house(egress-through-one-door)',
    files: server('fetch', "export const planted = (): Promise<unknown> => fetch('https://example.com');\n"),
  },
]);

/** The compiler: the import map makes the door the only address. */
export const typePlants = [
  {
    rule: 'import map: past the door',
    code: 'TS2307',
    files: server('deep-import', "import { x } from '#chatwoot/signature';\nexport const planted: unknown = x;\n"),
  },
];

/** Checks of this house: the named check reports the file. */
export const housePlants = named([
  { rule: 'names', what: 'names: a folder called utils', files: file('server/src/bridge/utils/planted.ts', 'export const planted = 1;\n') },
  { rule: 'names', what: 'names: a file called types', files: file('server/src/bridge/types.ts', 'export type Planted = string;\n') },
  { rule: 'names', what: 'names: not kebab-case', files: file('server/src/bridge/plantedThing.ts', 'export const planted = 1;\n') },
  {
    rule: 'names',
    what: 'names: a role nobody agreed on',
    files: file('server/src/bridge/planted.service.ts', 'export const planted = 1;\n'),
  },
  { rule: 'sizes', files: file('server/src/bridge/planted-long.ts', manyLines(401, () => '// line') + '\n') },
  {
    rule: 'doors',
    what: 'doors: a room without one',
    files: file('server/src/modules/planted/inside.ts', 'export const planted = 1;\n'),
    reported: 'server/src/modules/planted/index.ts',
  },
  {
    rule: 'doors',
    what: 'doors: one that does not say what it is for',
    files: file('server/src/modules/planted-mute/index.ts', 'export const planted = 1;\n'),
  },
  {
    rule: 'doors',
    what: 'doors: export *',
    files: file(
      'server/src/modules/planted-star/index.ts',
      "/**\n * What is planted. Not its job: anything.\n */\nexport * from './inside.ts';\n",
    ),
  },
  { rule: 'machine words', what: 'machine words: a path', files: file('docs/planted-path.md', 'See /home/somebody/project.\n') },
  {
    rule: 'machine words',
    what: 'machine words: a registry host',
    files: file('docs/planted-registry.md', 'From https://registry.example.org/package it came.\n'),
  },
  {
    rule: 'doc references',
    what: 'doc references: a path',
    files: file('docs/planted-citation.md', 'See `server/src/bridge/not-there.ts`.\n'),
  },
  { rule: 'doc references', what: 'doc references: a link', files: file('docs/planted-link.md', 'See [it](./not-there.md).\n') },
  { rule: 'test titles', files: file('sdk/src/planted-titles.test.ts', "test('same', () => {});\ntest('same', () => {});\n") },
  { rule: 'script syntax', files: file('tooling/planted-syntax.mjs', 'export const planted = ;\n') },
]);

export const otherPlants = {
  format: file('sdk/src/planted-format.ts', 'export const planted = "double quotes"\n'),
  unusedFile: file('sdk/src/planted-unused.ts', 'export const planted = 1;\n'),
  unusedExport: file('embed-script/src/planted-export.ts', 'export const used = 1;\nexport const planted = 2;\n'),
  secret: file('docs/planted-secret.md', `postgresql://admin:${'Sup3rSecret'}99@db.company.com:5432/production\n`),
};
