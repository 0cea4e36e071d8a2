import { randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { Secret } from '#platform/crypto';
import { fileProblem, StartProblem } from '../start-problem.ts';

const stored = z.object({ superuser: z.string().min(20), roles: z.string().min(20) });

export interface StoredPasswords {
  readonly superuser: Secret;
  /** What the passwords of the Hub's own roles are derived from. */
  readonly roles: Secret;
}

/** Reads `database.json`, or makes it: when several processes start at once, all end with the same file. Mode 0600. */
export async function readOrMakePasswords(dataDir: string): Promise<StoredPasswords> {
  const path = join(dataDir, 'database.json');
  const text = (await readIfThere(path)) ?? (await make(path));
  try {
    const { superuser, roles } = stored.parse(JSON.parse(text));
    return { superuser: new Secret(superuser), roles: new Secret(roles) };
  } catch {
    throw new StartProblem(
      'database-password',
      `The file ${path} is damaged.`,
      'Put it back from a copy; without it the embedded database cannot be opened.',
    );
  }
}

async function make(path: string): Promise<string> {
  const random = () => randomBytes(24).toString('base64url');
  const draft = `${path}.${randomUUID()}`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(draft, JSON.stringify({ superuser: random(), roles: random() }), { mode: 0o600, flag: 'wx' });
    // A link appears whole or not at all, and fails when another process was first.
    await link(draft, path).catch((error: unknown) => {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    });
    return await readFile(path, 'utf8');
  } catch (error) {
    throw fileProblem(path, error);
  } finally {
    await rm(draft, { force: true });
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw fileProblem(path, error);
  }
}
