import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { addKeyOnTop, keyFileReread, loadOrCreateKeyFile } from './key-file.ts';
import { Secret } from './secret.ts';
import { createKeyRing } from './key-ring.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'key-file-'));
});
afterAll(() => rm(folder, { recursive: true }));

it('creates a file only its owner reads, and gives the same key from then on', async () => {
  const path = join(folder, 'new', 'kek');
  const made = await loadOrCreateKeyFile(path);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(made.current.key).toHaveLength(32);
  expect(await loadOrCreateKeyFile(path)).toEqual(made);
  expect(() => createKeyRing(made)).not.toThrow();
});

it('gives one key to everyone who starts at the same time, and leaves no draft behind', async () => {
  const path = join(folder, 'race', 'kek');
  const all = await Promise.all(Array.from({ length: 30 }, () => loadOrCreateKeyFile(path)));
  expect(new Set(all.map(({ current }) => current.key.toString('hex'))).size).toBe(1);
  expect(await readdir(join(folder, 'race'))).toEqual(['kek']);
});

it('reads the first line as the current key and the rest as previous ones', async () => {
  const path = join(folder, 'two');
  await writeFile(path, `# rotated\nk2 ${randomBytes(32).toString('base64')}\n\nk1 ${randomBytes(32).toString('base64')}\n`);
  const { current, previous } = await loadOrCreateKeyFile(path);
  expect([current.id, ...(previous ?? []).map(({ id }) => id)]).toEqual(['k2', 'k1']);
});

it('refuses anything else without repeating it and without replacing it', async () => {
  const path = join(folder, 'bad');
  for (const content of ['', 'hunter2', 'k1 c2hvcnQ=\n']) {
    await writeFile(path, content);
    await expect(loadOrCreateKeyFile(path)).rejects.toThrow(/^not a key file: [^\n]*bad$/);
  }
});

it('SE-04: a process that runs while a key is put on top seals with it, and opens what was sealed before and after', async () => {
  const path = join(folder, 'rotated');
  const place = { accountId: 'hub', table: 't', column: 'c', rowId: 'r' };
  const running = createKeyRing(await loadOrCreateKeyFile(path), keyFileReread(path));
  const before = running.seal(place, new Secret('old'));
  await addKeyOnTop(path);
  const rotator = createKeyRing(await loadOrCreateKeyFile(path));
  const byRotator = rotator.seal(place, new Secret('new'));
  expect([running.open(place, byRotator).expose(), running.open(place, before).expose()]).toEqual(['new', 'old']);
  expect([rotator.isCurrent(running.seal(place, new Secret('x'))), rotator.isCurrent(before)]).toEqual([true, false]);
  expect([(await stat(path)).mode & 0o777, (await readdir(folder)).filter((name) => name.startsWith('rotated.'))]).toEqual([0o600, []]);
  await writeFile(path, 'damaged');
  expect(running.open(place, running.seal(place, new Secret('still'))).expose()).toBe('still');
});
