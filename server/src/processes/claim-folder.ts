import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Takes a folder for this process alone. Null: another living process has it. What a killed process left is taken over. */
export async function claimFolder(folder: string): Promise<{ release(): Promise<void> } | null> {
  const path = join(folder, 'owner.pid');
  for (let tries = 0; tries < 3; tries += 1) {
    try {
      await writeFile(path, String(process.pid), { flag: 'wx', mode: 0o600 });
      return { release: () => rm(path, { force: true }) };
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      const owner = Number(await readFile(path, 'utf8').catch(() => '0'));
      if (owner !== process.pid && isAlive(owner)) return null;
      await rm(path, { force: true });
    }
  }
  return null;
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
