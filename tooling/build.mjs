import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { nodeBundleOptions } from './bundle-typescript.mjs';
import { projectRoot } from './project-root.mjs';
import { runProgram } from './run-program.mjs';
import { isFresh, setStamp } from './stamps.mjs';

const processes = ['all', 'maintenance'];
const always = ['tsconfig.base.json', 'pnpm-lock.yaml', 'tooling/build.mjs', 'tooling/bundle-typescript.mjs'];

/** Builds what changed: the server's processes, the dashboard script, the web app. */
export async function build() {
  await buildServer();
  buildPackage('embed-script', join('embed-script', 'dist'), ['embed-script', 'sdk']);
  buildPackage('web', join('web', 'dist'), ['web', 'sdk', 'server/src']);
}

async function buildServer() {
  const present = processes.filter((name) => existsSync(join(projectRoot, 'server', 'src', 'processes', `${name}.ts`)));
  const inputs = [...always, 'server/src', 'server/src/generated', 'server/package.json', 'sdk/src', 'sdk/package.json', 'prisma/schema'];
  const built = present.every((name) => existsSync(join(projectRoot, 'server', 'dist', `${name}.js`)));
  if (present.length === 0 || (built && isFresh('server', inputs, present))) return;
  const { build: bundle } = createRequire(import.meta.url)('esbuild');
  await bundle({
    ...nodeBundleOptions,
    entryPoints: present.map((name) => join('server', 'src', 'processes', `${name}.ts`)),
    outdir: join('server', 'dist'),
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
  });
  setStamp('server', inputs, present);
}

/** The package's own configuration decides how: Vite or tsup, run from its folder. */
function buildPackage(name, output, sources) {
  const inputs = [...always, ...sources];
  const tool = toolOf(name);
  if (tool === undefined || (existsSync(join(projectRoot, output)) && isFresh(name, inputs))) return;
  console.log(`Building ${name} …`);
  runProgram(process.execPath, [tool.program, ...tool.args], { cwd: join(projectRoot, name), environment: { NODE_ENV: 'production' } });
  setStamp(name, inputs);
}

function toolOf(name) {
  const has = (file) => existsSync(join(projectRoot, name, file));
  if (has('vite.config.ts')) {
    return { program: join(projectRoot, name, 'node_modules', 'vite', 'bin', 'vite.js'), args: ['build', '--logLevel', 'warn'] };
  }
  if (has('tsup.config.ts'))
    return { program: join(projectRoot, 'tooling', 'node_modules', 'tsup', 'dist', 'cli-default.js'), args: ['--silent'] };
  return undefined;
}
