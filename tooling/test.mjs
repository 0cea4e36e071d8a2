import { spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { bootstrap } from './bootstrap.mjs';
import { build } from './build.mjs';
import { coverageTable } from './coverage-table.mjs';
import { projectRoot } from './project-root.mjs';

bootstrap();
await build();

const vitest = join(projectRoot, 'tooling', 'node_modules', 'vitest', 'vitest.mjs');
const asked = process.argv.slice(2);
/** The rooms are measured when everything runs; a part of the tests says nothing of them. */
const whole = asked.length === 0;
const startedMs = Date.now();
const child = spawn(process.execPath, [vitest, 'run', '--root', projectRoot, ...(whole ? ['--coverage'] : asked)], {
  cwd: projectRoot,
  stdio: 'inherit',
  env: { ...process.env, NODE_ENV: 'test' },
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.once('exit', (code) => {
  // Vitest writes no summary when a test failed: an older one would be taken for this run's.
  const summary = join(projectRoot, 'coverage', 'coverage-summary.json');
  if (whole && existsSync(summary) && statSync(summary).mtimeMs >= startedMs) console.log(`\n${coverageTable(summary)}`);
  process.exit(code ?? 1);
});
