import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

const notOurs = new Set(['node_modules', '.git', '.hub', 'dist', 'coverage', 'generated']);

function walk(root, folder = root) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (notOurs.has(entry.name)) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? walk(root, path) : [relative(root, path)];
  });
}

function listFiles(root) {
  if (!existsSync(join(root, '.git'))) return walk(root);
  try {
    const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 1 << 26,
    });
    return listed.split('\0').filter((file) => file !== '' && existsSync(join(root, file)) && statSync(join(root, file)).isFile());
  } catch {
    // A checkout that git refuses (another owner, no git on the machine) is checked all the same.
    return walk(root);
  }
}

/** The files that belong to the project, and their text. What git ignores is not part of it. */
export function readTree(root) {
  const texts = new Map();
  return {
    root,
    files: listFiles(root).toSorted(),
    text(file) {
      if (!texts.has(file)) texts.set(file, readFileSync(join(root, file), 'utf8'));
      return texts.get(file);
    },
  };
}

export const isCode = (file) => /\.(ts|tsx|mjs|cjs)$/.test(file);
export const isTest = (file) => /\.test\.tsx?$/.test(file);
export const linesOf = (text) => (text === '' ? 0 : text.split('\n').length - (text.endsWith('\n') ? 1 : 0));
