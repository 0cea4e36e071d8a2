import { createHash } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectRoot } from './project-root.mjs';

/** Packages stay outside; our own workspace packages and `#` imports are taken in, because they exist only as TypeScript. */
const keepPackagesOutside = {
  name: 'keep-packages-outside',
  setup(build) {
    build.onResolve({ filter: /^[^./#]/ }, ({ path, kind }) =>
      kind === 'entry-point' || path.startsWith('@whatpro/') ? undefined : { path, external: true },
    );
  },
};

/** esbuild options for anything that runs in Node from inside `server/`. Node 20.19 is the lowest that is supported. */
export const nodeBundleOptions = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  conditions: ['hub-source'],
  sourcemap: true,
  logLevel: 'warning',
  absWorkingDir: projectRoot,
  plugins: [keepPackagesOutside],
};

/** Bundles one TypeScript file under `server/dist/tools`, where its packages resolve, and returns the path of the result. */
export async function bundleTypeScript(entry) {
  const { build } = createRequire(join(projectRoot, 'tooling', 'package.json'))('esbuild');
  const folder = join(projectRoot, 'server', 'dist', 'tools');
  mkdirSync(folder, { recursive: true });
  const mark = createHash('sha256')
    .update(`${relative(projectRoot, entry)} ${process.pid}`)
    .digest('hex')
    .slice(0, 12);
  const outfile = join(folder, `${basename(entry).replace(/\.ts$/, '')}-${mark}.mjs`);
  await build({ ...nodeBundleOptions, entryPoints: [entry], outfile });
  return outfile;
}

/** Loads a TypeScript file of the server into this process. */
export async function importTypeScript(entry) {
  const outfile = await bundleTypeScript(entry);
  try {
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(outfile, { force: true });
    rmSync(`${outfile}.map`, { force: true });
  }
}
