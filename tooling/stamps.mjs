import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './project-root.mjs';

const folder = join(projectRoot, 'node_modules', '.hub');

/** True when `inputs` (files or folders, from the root) and `marks` are what they were when the stamp was set. */
export function isFresh(name, inputs, marks = []) {
  return readOrEmpty(join(folder, name)) === fingerprint(inputs, marks);
}

export function setStamp(name, inputs, marks = []) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), fingerprint(inputs, marks));
}

function fingerprint(inputs, marks) {
  const hash = createHash('sha256').update(JSON.stringify(marks));
  for (const path of inputs.flatMap((input) => filesOf(input)).sort()) {
    hash.update(`\n${path}\n`).update(readOrEmpty(join(projectRoot, path)));
  }
  return hash.digest('hex');
}

function filesOf(input) {
  const path = join(projectRoot, input);
  const status = statSync(path, { throwIfNoEntry: false });
  if (status === undefined) return [];
  if (status.isFile()) return [input];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.name !== 'node_modules' && entry.name !== 'dist' && entry.name !== 'generated')
    .flatMap((entry) => filesOf(join(input, entry.name)));
}

function readOrEmpty(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
