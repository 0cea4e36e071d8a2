import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bootstrap } from './bootstrap.mjs';
import { build } from './build.mjs';
import { nodeFlags } from './node-flags.mjs';
import { projectRoot } from './project-root.mjs';

bootstrap();
await build();

const settingsFile = join(projectRoot, '.env');
if (existsSync(settingsFile)) process.loadEnvFile(settingsFile);

const child = spawn(
  process.execPath,
  [
    ...nodeFlags,
    '--import',
    pathToFileURL(join(projectRoot, 'tooling', 'end-with-parent.mjs')).href,
    join(projectRoot, 'server', 'dist', 'all.js'),
    ...process.argv.slice(2),
  ],
  // A process group of its own: Ctrl-C in a terminal reaches every process of a group, and the Hub would get it twice.
  { cwd: projectRoot, stdio: ['inherit', 'inherit', 'inherit', 'ipc'], detached: process.platform !== 'win32' },
);

const lastSent = new Map();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    // npm passes on the signal the terminal has sent us already; a person's second Ctrl-C comes later.
    const now = Date.now();
    if (now - (lastSent.get(signal) ?? 0) < 500) return;
    lastSent.set(signal, now);
    child.kill(signal);
  });
}
child.once('error', (error) => {
  console.error(`The Hub could not be started: ${error.message}`);
  process.exitCode = 1;
});
child.once('exit', (code, signal) => {
  if (signal === null) process.exit(code ?? 1);
  for (const name of lastSent.keys()) process.removeAllListeners(name);
  process.kill(process.pid, signal);
});
