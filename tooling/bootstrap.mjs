import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './project-root.mjs';
import { runProgram } from './run-program.mjs';
import { isFresh, setStamp } from './stamps.mjs';

const lowestNode = [20, 19];

/** From a fresh clone to installed packages and a generated database client. Does nothing when nothing changed. */
export function bootstrap() {
  refuseOldNode();
  installPackages();
  generatePrismaClient();
}

function refuseOldNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > lowestNode[0] || (major === lowestNode[0] && minor >= lowestNode[1])) return;
  console.error(
    `WhatPro Hub needs Node.js ${lowestNode.join('.')} or newer; this is ${process.versions.node}. Install a newer one from https://nodejs.org and run the command again.`,
  );
  process.exit(1);
}

function installPackages() {
  const manifests = readdirSync(projectRoot, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(projectRoot, entry.name, 'package.json')))
    .map((entry) => join(entry.name, 'package.json'));
  const inputs = ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', ...manifests];
  const marks = [process.versions.modules, process.platform, process.arch];
  if (existsSync(join(projectRoot, 'node_modules', '.pnpm')) && isFresh('install', inputs, marks)) return;
  console.log('Installing packages …');
  // CI: pnpm asks before it replaces a node_modules of another Node or platform, and there may be nobody to answer.
  // pm-on-fail: with `packageManager` in package.json pnpm 12 wants itself in the lockfile, and frozen it then refuses (pnpm#14124).
  runProgram('npx', ['--yes', 'pnpm@12.21.0', '--pm-on-fail=ignore', 'install', '--frozen-lockfile'], { environment: { CI: 'true' } });
  setStamp('install', inputs, marks);
}

/** Prisma wants a schema engine program for `generate` but never runs it; naming any program keeps it from downloading one. */
function generatePrismaClient() {
  const inputs = ['prisma/schema', 'prisma.config.ts', 'server/package.json'];
  const output = join(projectRoot, 'server', 'src', 'generated', 'prisma', 'client.ts');
  if (existsSync(output) && isFresh('prisma', inputs)) return;
  console.log('Generating the database client …');
  runProgram(process.execPath, [join('server', 'node_modules', 'prisma', 'build', 'index.js'), 'generate'], {
    environment: { PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, PRISMA_HIDE_UPDATE_MESSAGE: '1', CHECKPOINT_DISABLE: '1' },
  });
  setStamp('prisma', inputs);
}
