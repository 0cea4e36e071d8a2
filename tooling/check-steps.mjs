import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './project-root.mjs';

const from = (path) => join(projectRoot, 'tooling', 'node_modules', path);
/** TypeScript 7 has no JavaScript API, so it only checks; the tools that need the API bring 6. */
const tsc = (project) => [from('ts7/bin/tsc'), '--project', project, '--pretty', 'false'];

const typed = ['server', 'sdk', 'web', 'embed-script', 'tests', 'tooling'];
const sourceFolders = ['server/src', 'sdk/src', 'embed-script/src', 'web/src', 'tests'];
const present = (paths) => paths.filter((path) => existsSync(join(projectRoot, path)));

/** Steps that only read the tree: they run side by side. Each is a Node script with its arguments; `shownLines` of its end are shown when it is right. */
export const readingSteps = () => [
  ...present(typed.map((name) => `${name}/tsconfig.json`)).map((project) => ({
    name: `types: ${project.split('/')[0]}`,
    command: tsc(project),
  })),
  {
    name: 'lint',
    command: [from('oxlint/bin/oxlint'), '--type-aware', '--deny-warnings', '--report-unused-disable-directives', '--format', 'unix'],
  },
  { name: 'unused', command: [from('knip/bin/knip.js'), '--no-progress'] },
  {
    name: 'boundaries',
    command: [
      from('dependency-cruiser/bin/dependency-cruise.mjs'),
      ...present(sourceFolders),
      '--config',
      'tooling/dependency-rules.cjs',
      '--output-type',
      'err',
    ],
  },
  { name: 'generated pages', command: ['tooling/generate.mjs', '--check'] },
  { name: 'secrets', command: ['tooling/checks/find-secrets.mjs'] },
  { name: 'house', command: ['tooling/checks/run-house-checks.mjs'], shownLines: 11 },
  { name: 'format', command: [from('oxfmt/bin/oxfmt'), '--check'] },
];

/** Alone at the end: they fill the machine by themselves, and say more when everything above is right. */
export const unitTests = { name: 'unit tests', command: [from('vitest/vitest.mjs'), 'run', '--project', 'unit'], shownLines: 5 };

export const stepEnvironment = {
  ...process.env,
  OXLINT_TSGOLINT_PATH: from('oxlint-tsgolint/bin/tsgolint.js'),
  NO_COLOR: '1',
  FORCE_COLOR: '0',
};
