/** Renders every page that follows from the code. `--check` writes nothing and fails when a page is not what the code says. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundleTypeScript } from './bundle-typescript.mjs';
import { renderCapabilityTable } from './pages/capability-table.mjs';
import { renderErrorPages } from './pages/error-pages.mjs';
import { projectRoot } from './project-root.mjs';

const loaded = new Map();

/** Loads a TypeScript file of ours once, and leaves no bundle behind. */
function load(entry) {
  if (!loaded.has(entry)) {
    loaded.set(
      entry,
      bundleTypeScript(join(projectRoot, entry)).then(async (outfile) => {
        try {
          return await import(pathToFileURL(outfile).href);
        } finally {
          for (const file of [outfile, `${outfile}.map`]) rmSync(file, { force: true });
        }
      }),
    );
  }
  return loaded.get(entry);
}

const settings = () => load('server/src/platform/config/index.ts');
const asText = (document) => `${JSON.stringify(document, null, 2)}\n`;

/** Each source gives one or more pages: path → text. */
const sources = {
  settings: async () => {
    const { renderEnvExample, renderSettingsPage } = await settings();
    return { '.env.example': renderEnvExample(), 'docs/reference/settings.md': renderSettingsPage() };
  },
  openapi: async () => {
    const { renderOpenApi } = await load('server/src/platform/rest/index.ts');
    const { createRouter } = await load('server/src/router.ts');
    const { createAccess } = await load('server/src/modules/access/index.ts');
    const { exportAuditRoute } = await load('server/src/modules/audit/index.ts');
    const { createCredentialRoutes } = await load('server/src/modules/credentials/index.ts');
    const { version } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'));
    // Only the shapes of procedures and routes are read here: nothing is called, so nothing needs a database.
    const router = createRouter({ access: {}, instances: {}, inboxes: {}, messages: {} });
    const access = createAccess({});
    const routes = [...access.routes, ...createCredentialRoutes(access), exportAuditRoute()];
    return { 'docs/reference/openapi.json': asText(renderOpenApi(router, { version, routes })) };
  },
  providers: async () => {
    const { providers } = await load('server/src/providers/index.ts');
    const { capabilityReport } = await load('server/src/providers/kit/index.ts');
    return { 'docs/reference/providers.md': renderCapabilityTable(providers, capabilityReport(providers)) };
  },
  errors: async () => renderErrorPages(await load('sdk/src/contract/index.ts')),
};

/** Folders that hold nothing but generated pages: what no source renders any more is removed. */
const ownedFolders = ['docs/errors', 'docs/reference'];

const wanted = new Map();
const problems = [];
for (const [source, render] of Object.entries(sources)) {
  try {
    for (const [path, text] of Object.entries(await render())) wanted.set(path, text);
  } catch (cause) {
    problems.push(`${source}: cannot be rendered: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}
const leftOver = ownedFolders
  .filter((folder) => existsSync(join(projectRoot, folder)))
  .flatMap((folder) => readdirSync(join(projectRoot, folder)).map((name) => `${folder}/${name}`))
  .filter((path) => !wanted.has(path));
const current = (path) => (existsSync(join(projectRoot, path)) ? readFileSync(join(projectRoot, path), 'utf8') : undefined);
const stale = [...wanted].filter(([path, text]) => current(path) !== text).map(([path]) => path);

if (process.argv.includes('--check')) {
  for (const path of stale) problems.push(`${path} is not what the code says now: run \`npm run generate\``);
  if (problems.length === 0) for (const path of leftOver) problems.push(`${path} is made by nothing any more: run \`npm run generate\``);
} else {
  for (const path of stale) {
    mkdirSync(dirname(join(projectRoot, path)), { recursive: true });
    writeFileSync(join(projectRoot, path), wanted.get(path));
  }
  if (problems.length === 0) for (const path of leftOver) rmSync(join(projectRoot, path));
  console.log(stale.length === 0 ? 'Every generated page was up to date.' : stale.map((path) => `wrote ${path}`).join('\n'));
}
for (const problem of problems) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;
