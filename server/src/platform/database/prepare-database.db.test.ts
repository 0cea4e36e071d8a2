import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Secret } from '#platform/crypto';
import { openDatabase } from './database.ts';
import { prepareDatabase } from './prepare-database.ts';

let dataDir: string;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'hub-prepare-'));
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

test('two preparations at once of an empty folder both end with a database to work with, and a later one finds nothing to do', async () => {
  const both = await Promise.all([prepareDatabase({ dataDir }), prepareDatabase({ dataDir })]);
  expect(both.flatMap(({ appliedMigrations }) => appliedMigrations).length).toBeGreaterThan(0);
  expect(both[0].app.expose()).toBe(both[1].app.expose());
  const database = openDatabase({ connection: both[0].app, poolSize: 2 });
  expect(await database.system.run((system) => system.hubUser.count())).toBe(0);
  await database.close();
  for (const prepared of both) await prepared.leave();
  const later = await prepareDatabase({ dataDir });
  expect(later.appliedMigrations).toEqual([]);
  await later.leave();
}, 60_000);

test('a database of your own whose user may not prepare it is refused in words, without its password', async () => {
  const embedded = await prepareDatabase({ dataDir });
  const refused = prepareDatabase({ dataDir, databaseUrl: embedded.app, roleSeed: new Secret('the content of the key file') });
  await expect(refused).rejects.toMatchObject({
    kind: 'database-rights',
    message: expect.not.stringContaining(new URL(embedded.app.expose()).password),
  });
  await embedded.leave();
}, 60_000);
