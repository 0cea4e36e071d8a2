import { spawnSync } from 'node:child_process';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stepEnvironment } from '../check-steps.mjs';
import { copyProject } from './copy-project.mjs';
import { houseChecks } from './house-checks.mjs';
import { boundaryPlants, housePlants, lintPlants, otherPlants, typePlants } from './plants.ts';
import { readTree } from './project-tree.mjs';

interface LintSettings {
  readonly rules: Record<string, unknown>;
  readonly overrides: readonly { readonly rules: Record<string, unknown> }[];
}

/**
 * Real: every tool, its configuration, and a copy of this project. Planted: one violation per rule.
 * A rule that stops catching its violation fails here.
 */
const copy = copyProject();
const caught: { rule: string; by: string }[] = [];
const firstOf = (files: Record<string, string>): string => Object.keys(files)[0] ?? '';
const tool = (path: string): string => join('tooling', 'node_modules', path);

function run(script: string, ...parameters: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...parameters], {
    cwd: copy.root,
    env: stepEnvironment,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  return { status, output: `${stdout}${stderr}` };
}

beforeAll(() => {
  for (const { files } of [...boundaryPlants, ...lintPlants, ...typePlants, ...housePlants]) copy.plant(files);
  for (const files of Object.values(otherPlants)) copy.plant(files);
});

afterAll(() => {
  copy.remove();
  console.log(caught.map(({ rule, by }) => `${rule.padEnd(56)} caught by ${by}`).join('\n'));
});

describe('boundaries', () => {
  let fired: Map<string, Set<string>>;
  beforeAll(() => {
    const planted = boundaryPlants.flatMap(({ files }) => Object.keys(files));
    const { output } = run(
      tool('dependency-cruiser/bin/dependency-cruise.mjs'),
      ...planted,
      '--config',
      'tooling/dependency-rules.cjs',
      '--output-type',
      'json',
    );
    const { summary } = JSON.parse(output) as { summary: { violations: { from: string; rule: { name: string } }[] } };
    fired = new Map();
    for (const { from, rule } of summary.violations) fired.set(from, new Set(fired.get(from)).add(rule.name));
  });

  test.each(boundaryPlants)('$what: this rule fires and no other', ({ rule, what, files }) => {
    expect([...(fired.get(firstOf(files)) ?? [])]).toEqual([rule]);
    caught.push({ rule: what, by: 'dependency-cruiser' });
  });

  test('every rule has a planted violation', () => {
    const rules = [...readFileSync(join(copy.root, 'tooling/dependency-rules.cjs'), 'utf8').matchAll(/error\(\s*'([\w-]+)'/g)].map(
      ([, name]) => name,
    );
    expect(new Set(boundaryPlants.map(({ rule }) => rule))).toEqual(new Set(rules));
  });
});

describe('lint', () => {
  let fired: Map<string, Set<string>>;
  beforeAll(() => {
    const { output } = run(tool('oxlint/bin/oxlint'), '--type-aware', '--format', 'json', ...lintPlants.map(({ files }) => firstOf(files)));
    const { diagnostics } = JSON.parse(output) as { diagnostics: { code: string; filename: string; severity: string }[] };
    fired = new Map();
    for (const { code, filename, severity } of diagnostics)
      if (severity === 'error') fired.set(filename, new Set(fired.get(filename)).add(code));
  });

  test.each(lintPlants)('$what: this rule fires and no other', ({ rule, what, files }) => {
    expect([...(fired.get(firstOf(files)) ?? [])]).toEqual([rule]);
    caught.push({ rule: what, by: 'oxlint' });
  });

  test('every rule that is switched on by name has a planted violation', () => {
    const { rules, overrides } = JSON.parse(readFileSync(join(copy.root, '.oxlintrc.json'), 'utf8')) as LintSettings;
    const settings = [rules, ...overrides.map((override) => override.rules)].flatMap((some) => Object.entries(some));
    const on = settings
      .filter(([, level]) => level !== 'off')
      .map(([name]) => (name.includes('/') ? name.replace('/', '(') : `eslint(${name}`) + ')');
    expect(new Set(lintPlants.map(({ rule }) => rule))).toEqual(new Set(on));
  });
});

test.each(typePlants)('$rule does not compile', ({ rule, code, files }) => {
  const { output } = run(tool('ts7/bin/tsc'), '--project', 'server', '--pretty', 'false');
  expect(output).toMatch(new RegExp(`${firstOf(files).replaceAll('.', '[.]')}.*${code}`));
  caught.push({ rule, by: 'tsc' });
});

describe('checks of this house', () => {
  test.each(housePlants)('$what is reported', async ({ rule, what, reported }) => {
    const check = houseChecks.find(({ name }) => name === rule);
    const found = await check?.find(readTree(copy.root));
    expect(found?.map(({ file }: { file: string }) => file)).toContain(reported);
    caught.push({ rule: what, by: 'house' });
  });
});

test('a file that is not formatted is named', () => {
  const { status, output } = run(tool('oxfmt/bin/oxfmt'), '--check', firstOf(otherPlants.format));
  expect([status, output]).toEqual([1, expect.stringContaining(firstOf(otherPlants.format))]);
  caught.push({ rule: 'format', by: 'oxfmt' });
});

test('a file, an export and a package that nobody uses are named', () => {
  copy.plant({ 'embed-script/src/planted-user.ts': "import { used } from './planted-export.ts';\nvoid used;\n" });
  appendFileSync(join(copy.root, 'embed-script/src/index.ts'), "import './planted-user.ts';\n");
  const manifest = join(copy.root, 'embed-script/package.json');
  writeFileSync(manifest, JSON.stringify({ ...(JSON.parse(readFileSync(manifest, 'utf8')) as object), dependencies: { zod: '4.6.7' } }));
  const { output } = run(tool('knip/bin/knip.js'), '--no-progress', '--reporter', 'json');
  const { issues } = JSON.parse(output) as {
    issues: { file: string; files?: unknown[]; exports?: { name: string }[]; dependencies?: { name: string }[] }[];
  };
  const about = (file: string) => issues.find((issue) => issue.file === file);
  expect(about(firstOf(otherPlants.unusedFile))?.files).toHaveLength(1);
  expect(about(firstOf(otherPlants.unusedExport))?.exports).toMatchObject([{ name: 'planted' }]);
  expect(about('embed-script/package.json')?.dependencies).toMatchObject([{ name: 'zod' }]);
  for (const rule of ['unused file', 'unused export', 'unused dependency']) caught.push({ rule, by: 'knip' });
});

test('a credential in a file is named', () => {
  const { status, output } = run(tool('secretlint/bin/secretlint.js'), '--no-glob', '--no-color', firstOf(otherPlants.secret));
  expect([status, output]).toEqual([1, expect.stringContaining(firstOf(otherPlants.secret))]);
  caught.push({ rule: 'secrets', by: 'secretlint' });
});

test('a generated page that was edited by hand is named', () => {
  copy.plant({ 'docs/reference/settings.md': '# Settings\n' });
  const { status, output } = run('tooling/generate.mjs', '--check');
  expect([status, output]).toEqual([1, expect.stringContaining('docs/reference/settings.md is not what the code says now')]);
  caught.push({ rule: 'generated pages', by: 'tooling/generate.mjs' });
});
