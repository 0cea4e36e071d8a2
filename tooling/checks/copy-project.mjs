import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { projectRoot } from '../project-root.mjs';
import { readTree } from './project-tree.mjs';

/** Not in git, and needed to read the rest. */
const made = ['server/src/generated'];
const workspaces = ['', 'server', 'sdk', 'embed-script', 'web', 'tests', 'tooling'];

/** A throw-away copy of the project's own files, with the installed packages linked, where violations can be planted. */
export function copyProject() {
  const root = mkdtempSync(join(tmpdir(), 'hub-rules-'));
  for (const file of readTree(projectRoot).files) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    cpSync(join(projectRoot, file), join(root, file));
  }
  for (const folder of made)
    if (existsSync(join(projectRoot, folder))) cpSync(join(projectRoot, folder), join(root, folder), { recursive: true });
  for (const workspace of workspaces) {
    const packages = join(projectRoot, workspace, 'node_modules');
    if (existsSync(packages) && existsSync(join(root, workspace))) symlinkSync(packages, join(root, workspace, 'node_modules'));
  }
  return {
    root,
    plant(files) {
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(root, path)), { recursive: true });
        writeFileSync(join(root, path), text);
      }
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}
