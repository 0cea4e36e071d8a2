import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { inject } from 'vitest';
import { appRole, connectForStart, queueRole, rolePassword } from '../../server/src/platform/database/testing.ts';
import { Secret } from '../../server/src/platform/crypto/index.ts';

let users = 0;
let folder: string | null = null;

/**
 * A Hub sets the passwords of its roles from its key file, and roles belong to the whole test server. All Hubs of a test file
 * therefore share one key file, and the last one gives the passwords of the test server back.
 */
export function borrowRolePasswords(): { readonly keyFile: string; giveBack(): Promise<void> } {
  users += 1;
  folder ??= temporaryFolder();
  const keyFile = join(folder, 'keys.txt');
  let given = false;
  return {
    keyFile,
    async giveBack() {
      if (given) return;
      given = true;
      users -= 1;
      if (users === 0) await restore();
    },
  };
}

/** Lives as long as the test file: a Hub that was killed reads its key again. */
function temporaryFolder(): string {
  const made = mkdtempSync(join(tmpdir(), 'hub-flow-keys-'));
  process.once('exit', () => rmSync(made, { recursive: true, force: true }));
  return made;
}

async function restore(): Promise<void> {
  const { admin, roleSeed } = inject('testServer');
  const client = await connectForStart(new Secret(admin));
  try {
    for (const role of [appRole, queueRole] as const)
      await client.query(`ALTER ROLE ${role} PASSWORD ${pg.escapeLiteral(rolePassword(new Secret(roleSeed), role).expose())}`);
  } finally {
    await client.end();
  }
}
