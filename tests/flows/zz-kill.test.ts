import { expect, test } from 'vitest';
import { createTestDatabase } from '../support/database.ts';
import { startHub } from '../support/start-hub.ts';
test('kill and restart', async () => {
  const database = await createTestDatabase();
  const first = await startHub({ database });
  const { id } = await first.api('POST', '/accounts', { name: 'x' });
  await first.kill9();
  const second = await startHub({ database, dataDir: first.dataDir });
  expect(JSON.stringify(await second.api('GET', '/accounts'))).toContain(String(id));
  await second.stop();
  await database.drop();
  await (await createTestDatabase()).drop();
  const own = await startHub();
  expect((await own.ask('GET', '/nothing')).status).toBe(404);
  await own.stop();
});
