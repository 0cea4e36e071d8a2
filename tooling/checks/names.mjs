import { basename } from 'node:path';
import { isCode } from './project-tree.mjs';

/** A name that says nothing collects everything. */
const dumpingGrounds = new Set(['lib', 'utils', 'util', 'common', 'shared', 'helpers', 'helper', 'core', 'misc', 'types']);
/** These say nothing even as a part of a name; `content-types` does say something. */
const emptyWords = /(^|[-.])(utils?|helpers?|misc|manager|impl)([-.]|$)/;
const kebab = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const roles = new Set([
  'router',
  'repository',
  'errors',
  'job',
  'worker',
  'provider',
  'test',
  'db',
  'type-test',
  'config',
  'fixture',
  'conformance',
  'd',
]);
/** Names that a tool or a framework asks for. */
const given = /(^|\/)(\.[\w.-]+|vite\.config\.ts|vite-env\.d\.ts|__root\.tsx)$/;

function problemsWith(file) {
  const parts = file.split('/');
  const name = basename(file);
  const [stem = '', ...endings] = name.split('.');
  const found = [];
  for (const folder of parts.slice(0, -1)) if (dumpingGrounds.has(folder)) found.push(`a folder called "${folder}" says nothing`);
  if (isCode(file) && dumpingGrounds.has(stem)) found.push(`a file called "${stem}" says nothing`);
  if (!isCode(file) || given.test(file)) return found;
  const beforeExtension = [stem, ...endings.slice(0, -1)].join('.');
  if (emptyWords.test(beforeExtension)) found.push('say what it does; util, helper, misc, manager and impl do not');
  for (const folder of parts.slice(0, -1))
    if (!kebab.test(folder) && !folder.startsWith('.')) found.push(`folder "${folder}" is not kebab-case`);
  if (!kebab.test(stem)) found.push('file names are kebab-case');
  for (const role of endings.slice(0, -1)) if (!roles.has(role)) found.push(`".${role}" is not one of the roles ${[...roles].join(', ')}`);
  return found;
}

export const names = {
  name: 'names',
  find: (tree) => tree.files.flatMap((file) => problemsWith(file).map((problem) => ({ file, problem }))),
};
