/** Who may import whom. One planted violation per rule in checks/planted-rules.test.ts. */
const door = '/index[.]ts$';
const server = '^server/src/';
/** A room is a folder with one door. Order matters: the longest names first. */
const room = '^server/src/((?:platform|modules|providers)/[^/]+|bridge|chatwoot|asaas|sandbox)/';
const tests = '[.](test|fixture)[.]tsx?$';
/** What a room opens for tests alone. */
const testingDoor = '(/testing|[.]fixture)[.]ts$';
/** What runs only inside a test run, though it lies in a room. */
const conformance = '^server/src/providers/kit/conformance/';

const error = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

module.exports = {
  forbidden: [
    error(
      'no-cycles',
      'Two files that need each other are one file, or miss a third.',
      {},
      { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    ),
    error(
      'everything-resolves',
      'An import that leads nowhere.',
      { path: '^(server|sdk|web|embed-script|tests)/' },
      { couldNotResolve: true },
    ),
    error(
      'rooms-have-one-door',
      'A room is entered by its index.ts.',
      { path: room, pathNot: tests },
      { path: room, pathNot: ['^server/src/$1/', door] },
    ),
    error(
      'tests-enter-rooms-by-doors',
      'A test of one room may use what another room opens for tests: testing.ts and fixtures.',
      { path: `${room}.*${tests}` },
      { path: room, pathNot: ['^server/src/$1/', door, testingDoor] },
    ),
    error(
      'the-house-uses-doors',
      'Processes, the router and the route table enter rooms by their doors.',
      { path: '^server/src/(processes/|[^/]+[.]ts$)' },
      { path: room, pathNot: [door, conformance] },
    ),
    error(
      'platform-knows-no-domain',
      'What everything stands on knows nothing above it.',
      { path: '^server/src/platform/' },
      { path: server, pathNot: ['^server/src/platform/', '^server/src/generated/'] },
    ),
    error(
      'kit-knows-only-the-contract',
      'The kit says what a provider is; it knows the contract and four rooms of the platform.',
      { path: '^server/src/providers/kit/' },
      {
        path: '^(server|web|prisma|tests|tooling)/',
        pathNot: ['^server/src/providers/kit/', '^server/src/platform/(http|outcome|clock|crypto)/'],
      },
    ),
    error(
      'provider-knows-only-the-kit',
      'Adding a provider is one folder and one line.',
      { path: '^server/src/providers/([^/]+)/', pathNot: '^server/src/providers/kit/' },
      {
        path: '^(server|web|prisma|tests|tooling)/',
        pathNot: ['^server/src/providers/$1/', '^server/src/providers/kit/', '^server/src/platform/(http|outcome|clock|crypto)/'],
      },
    ),
    error(
      'only-processes-see-the-providers',
      'Everybody else is handed a registry typed by the kit.',
      { path: server, pathNot: ['^server/src/processes/', '^server/src/providers/', '^server/src/testing[.]ts$'] },
      { path: '^server/src/providers/', pathNot: '^server/src/providers/kit/' },
    ),
    error(
      'vendor-room-knows-only-platform',
      'A vendor room speaks the vendor’s language and nothing of ours above the platform.',
      { path: '^server/src/(chatwoot|asaas)/' },
      { path: '^(server|web|prisma|tests|tooling)/', pathNot: ['^server/src/$1/', '^server/src/platform/'] },
    ),
    error(
      'modules-do-not-know-the-road',
      'Modules are nouns that people edit; the bridge is the road, and it may know them.',
      { path: '^server/src/modules/' },
      { path: '^server/src/(bridge|processes|sandbox|[^/]+[.]ts$)' },
    ),
    error(
      'bridge-knows-no-process',
      'The road does not know how it is started.',
      { path: '^server/src/bridge/' },
      { path: '^server/src/(processes|sandbox|[^/]+[.]ts$)' },
    ),
    error(
      'sandbox-is-started-by-processes',
      'The sandbox servers are peers on the wire; only processes and tests start them.',
      { path: '^server/src/', pathNot: ['^server/src/(sandbox|processes)/', '^server/src/testing[.]ts$'] },
      { path: '^server/src/sandbox/' },
    ),
    error(
      'sandbox-is-a-stranger',
      'The sandbox speaks over HTTP like any peer: it knows the platform, and none of our rooms.',
      { path: '^server/src/sandbox/', pathNot: tests },
      { path: '^(server|web|prisma|tests|tooling)/', pathNot: ['^server/src/sandbox/', '^server/src/platform/'] },
    ),
    error(
      'nobody-imports-a-process',
      'A process is where everything begins.',
      { path: server, pathNot: ['^server/src/processes/', '^server/src/testing[.]ts$'] },
      { path: '^server/src/processes/' },
    ),
    error(
      'only-the-database-room-imports-prisma',
      'No account, no database: the raw client is reachable in platform/database alone.',
      { path: '^(server|web|sdk|embed-script|tests)/', pathNot: ['^server/src/platform/database/', '^server/src/generated/'] },
      { path: ['^server/src/generated/', 'node_modules/@prisma/'] },
    ),
    error(
      'only-the-database-and-queue-rooms-import-pg',
      'A second pool would be a second way around the account.',
      { path: '^server/src/', pathNot: ['^server/src/platform/(database|queue|realtime)/', tests] },
      { path: 'node_modules/pg/' },
    ),
    error(
      'server-sees-the-contract-only',
      'The server obeys the contract; it does not use its own client.',
      { path: '^server/' },
      { path: '^sdk/', pathNot: '^sdk/src/contract/index[.]ts$' },
    ),
    error('sdk-stands-alone', 'The SDK is published.', { path: '^sdk/' }, { path: '^(server|web|prisma|embed-script|tests|tooling)/' }),
    error(
      'browser-sees-server-types-only',
      'The manager ships with the server, but not inside it.',
      { path: '^web/' },
      { path: '^(server|prisma|tests|tooling)/', dependencyTypesNot: ['type-only'] },
    ),
    error(
      'embed-script-imports-nothing',
      'It runs on somebody else’s page: a few kilobytes, no dependency.',
      { path: '^embed-script/src/', pathNot: tests },
      { pathNot: '^embed-script/src/' },
    ),
    error(
      'product-does-not-import-tests',
      'What is shipped works without its tests.',
      { path: '^(server|sdk|web|embed-script)/', pathNot: [tests, conformance, testingDoor] },
      { path: ['^(tests|tooling)/', tests, testingDoor] },
    ),
    error(
      'conformance-is-for-tests',
      'The suite needs the test runner.',
      { path: '^(server|sdk|web|embed-script)/', pathNot: [tests, conformance, testingDoor] },
      { path: [conformance, 'node_modules/vitest/'] },
    ),
    error(
      'tests-use-doors',
      'Tests that span rooms enter by doors, and by the doors opened for tests.',
      { path: '^tests/' },
      { path: '^(server|sdk|web)/', pathNot: ['^server/src/(router|http-routes)[.]ts$', door, testingDoor] },
    ),
  ],
  options: {
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    doNotFollow: { path: ['node_modules', '^server/src/generated'] },
    exclude: { path: '(^|/)(dist|coverage)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['hub-source', 'types', 'import', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.mjs', '.cjs', '.js', '.json'],
    },
  },
};
