import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from '../project-root.mjs';
import { readTree } from './project-tree.mjs';

const files = readTree(projectRoot).files.filter((file) => !/\.(png|woff2?|ico|br)$|^pnpm-lock\.yaml$/.test(file));
const secretlint = join(projectRoot, 'tooling', 'node_modules', 'secretlint', 'bin', 'secretlint.js');
const { status } = spawnSync(process.execPath, [secretlint, '--no-glob', '--no-color', ...files], {
  cwd: projectRoot,
  stdio: ['ignore', 'inherit', 'inherit'],
});
process.exitCode = status ?? 1;
