import { createHash, randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { KeyEncryptionKey, KeyRingKeys } from './key-ring.ts';

const hasCode = (error: unknown, code: string): boolean => error instanceof Error && 'code' in error && error.code === code;

function parseLine(line: string, path: string): KeyEncryptionKey {
  const [, id, text] = /^([a-z0-9-]{1,32}) ([A-Za-z0-9+/]{43}=)$/.exec(line) ?? [];
  if (id === undefined || text === undefined) throw new Error(`not a key file: ${path}`);
  return { id, key: Buffer.from(text, 'base64') };
}

async function readKeys(path: string): Promise<KeyRingKeys> {
  const lines = (await readFile(path, 'utf8')).split('\n').map((line) => line.trim());
  const [current, ...previous] = lines.filter((line) => line !== '' && !line.startsWith('#')).map((line) => parseLine(line, path));
  if (current === undefined) throw new Error(`not a key file: ${path}`);
  return { current, previous };
}

async function writeWhole(path: string, content: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function createKeys(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const key = randomBytes(32);
  const id = `k${createHash('sha256').update(key).digest('hex').slice(0, 8)}`;
  const draft = `${path}.${randomBytes(8).toString('hex')}`;
  await writeWhole(draft, `${id} ${key.toString('base64')}\n`);
  try {
    // A hard link appears whole or not at all and never replaces a file: of several starters one wins, all read its key.
    await link(draft, path);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  } finally {
    await unlink(draft);
  }
}

/**
 * One key per line, `<id> <32 bytes in base64>`; the first seals, the others only open. To rotate, put a new line on top.
 * A missing file is created with one new key, mode 0600.
 */
export async function loadOrCreateKeyFile(path: string): Promise<KeyRingKeys> {
  try {
    return await readKeys(path);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
  await createKeys(path);
  return readKeys(path);
}
