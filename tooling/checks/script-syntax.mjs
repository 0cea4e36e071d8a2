import { spawn } from 'node:child_process';
import { join } from 'node:path';

const parse = (root, file) =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, ['--check', join(root, file)], { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (chunk) => (said += chunk));
    child.on('error', (cause) => resolve([{ file, problem: cause.message }]));
    child.on('close', (code) => resolve(code === 0 ? [] : [{ file, problem: said.trim().split('\n').slice(0, 6).join(' ') }]));
  });

/** Scripts are not compiled by anything, so the engine that runs them reads them. */
export const scriptSyntax = {
  name: 'script syntax',
  async find(tree) {
    const found = [];
    for (const file of tree.files.filter((candidate) => /\.(mjs|cjs)$/.test(candidate))) found.push(...(await parse(tree.root, file)));
    return found;
  },
};
