// node tooling/rotate-keys.mjs --signing [--emergency] | --secrets: rotates keys, also while the Hub runs. May be ended and run again.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bootstrap } from './bootstrap.mjs';
import { build } from './build.mjs';
import { nodeFlags } from './node-flags.mjs';
import { projectRoot } from './project-root.mjs';

bootstrap();
await build();

const settingsFile = join(projectRoot, '.env');
if (existsSync(settingsFile)) process.loadEnvFile(settingsFile);

const child = spawn(process.execPath, [...nodeFlags, join(projectRoot, 'server', 'dist', 'maintenance.js'), ...process.argv.slice(2)], {
  cwd: projectRoot,
  stdio: 'inherit',
});
child.once('exit', (code) => {
  process.exitCode = code ?? 1;
});
