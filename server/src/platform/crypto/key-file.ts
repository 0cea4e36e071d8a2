import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { link, mkdir, open, readFile, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { KeyEncryptionKey, KeyRingKeys, Reread } from './key-ring.ts';

const hasCode = (error: unknown, code: string): boolean => error instanceof Error && 'code' in error && error.code === code;

function parseLine(line: string, path: string): KeyEncryptionKey {
  const [, id, text] = /^([a-z0-9-]{1,32}) ([A-Za-z0-9+/]{43}=)$/.exec(line) ?? [];
  if (id === undefined || text === undefined) throw new Error(`not a key file: ${path}`);
  return { id, key: Buffer.from(text, 'base64') };
}

function parseKeys(text: string, path: string): KeyRingKeys {
  const lines = text.split('\n').map((line) => line.trim());
  const [current, ...previous] = lines.filter((line) => line !== '' && !line.startsWith('#')).map((line) => parseLine(line, path));
  if (current === undefined) throw new Error(`not a key file: ${path}`);
  return { current, previous };
}

const readKeys = async (path: string): Promise<KeyRingKeys> => parseKeys(await readFile(path, 'utf8'), path);

function newLine(): string {
  const key = randomBytes(32);
  return `k${createHash('sha256').update(key).digest('hex').slice(0, 8)} ${key.toString('base64')}\n`;
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
  const draft = `${path}.${randomBytes(8).toString('hex')}`;
  await writeWhole(draft, newLine());
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

/** Puts a new key on top of the file. The file is the old one or the new one at every moment, whatever ends this process. */
export async function addKeyOnTop(path: string): Promise<void> {
  const before = await readFile(path, 'utf8');
  parseKeys(before, path);
  const draft = `${path}.${randomBytes(8).toString('hex')}`;
  await writeWhole(draft, newLine() + before);
  await rename(draft, path);
}

/** For `createKeyRing`: the keys of the file whenever it has changed since. A file that cannot be read just now changes nothing. */
export function keyFileReread(path: string): Reread {
  let seen = markOf(path);
  return () => {
    const mark = markOf(path);
    if (mark === null || mark === seen) return undefined;
    try {
      const keys = parseKeys(readFileSync(path, 'utf8'), path);
      seen = mark;
      return keys;
    } catch {
      return undefined;
    }
  };
}

/** Replacing the file gives it another inode; writing into it another time. */
function markOf(path: string): string | null {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? null : `${stat.ino}.${stat.mtimeMs}.${stat.size}`;
}
