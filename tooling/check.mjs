/** `npm run check`: everything that can be said without a database. Shows every failure, not only the first. */
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { bootstrap } from './bootstrap.mjs';
import { readingSteps, stepEnvironment, unitTests } from './check-steps.mjs';
import { projectRoot } from './project-root.mjs';

bootstrap();

const lastLines = (text, count) => text.split('\n').slice(-count).join('\n');
const shown = (output, failed, count) => (failed ? output : count === 0 ? '' : lastLines(output, count));

const run = ({ name, command, shownLines = 0 }) =>
  new Promise((resolve) => {
    const start = performance.now();
    let output = '';
    const child = spawn(process.execPath, command, { cwd: projectRoot, env: stepEnvironment, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    const end = (failed) =>
      resolve({ name, failed, output: shown(output.trim(), failed, shownLines), seconds: (performance.now() - start) / 1000 });
    child.on('error', (cause) => {
      output += cause.message;
      end(true);
    });
    child.on('close', (code) => end(code !== 0));
  });

async function runSideBySide(steps, width) {
  const waiting = [...steps];
  const done = [];
  const worker = async () => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
      const result = await run(step);
      done.push(result);
      if (result.output !== '') console.log(`\n── ${result.name}${result.failed ? ': FAILED' : ''}\n${result.output}`);
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
  return done;
}

const start = performance.now();
const results = await runSideBySide(readingSteps(), Math.max(2, Math.min(4, availableParallelism())));
results.push(...(await runSideBySide([unitTests], 1)));

const width = Math.max(...results.map(({ name }) => name.length));
const line = (name, seconds, verdict) => `${name.padEnd(width)}  ${seconds.toFixed(1).padStart(6)} s  ${verdict}`;
console.log(`\n${results.map(({ name, seconds, failed }) => line(name, seconds, failed ? 'FAILED' : 'ok')).join('\n')}`);
const failed = results.filter((result) => result.failed).map(({ name }) => name);
console.log(line('check', (performance.now() - start) / 1000, failed.length === 0 ? 'ok' : `FAILED: ${failed.join(', ')}`));
process.exitCode = failed.length === 0 ? 0 : 1;
