import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importTypeScript } from './bundle-typescript.mjs';
import { projectRoot } from './project-root.mjs';

/** Runs `work(tools, options)` with the database room's tools and a PostgreSQL of its own, gone afterwards. */
export async function withScratchDatabase(work) {
  const tools = await importTypeScript(join(projectRoot, 'server', 'src', 'platform', 'database', 'testing.ts'));
  const dataDir = await mkdtemp(join(tmpdir(), 'hub-scratch-'));
  await chmod(dataDir, 0o711);
  let server;
  try {
    server = await tools.useEmbeddedPostgres({ dataDir, durable: false });
    return await work(tools, { admin: server.admin, roleSeed: server.roleSeed, prismaFolder: join(projectRoot, 'prisma') });
  } finally {
    await server?.leave();
    await rm(dataDir, { recursive: true, force: true });
  }
}
