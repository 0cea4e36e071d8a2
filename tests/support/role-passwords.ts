import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { inject } from 'vitest';
import { appRole, connectForStart, queueRole, rolePassword } from '../../server/src/platform/database/testing.ts';
import { Secret } from '../../server/src/platform/crypto/index.ts';

let users = 0;
let folder: string | null = null;

export interface BorrowedPasswords {
  readonly keyFile: string;
  /** `keep`: a Hub that was killed will read the same key file again. */
  giveBack(how: 'keep' | 'forget'): Promise<void>;
}

/**
 * A Hub sets the passwords of its roles from its key file, and roles belong to the whole test server. All Hubs of a test file
 * therefore share one key file, and the last one gives the passwords of the test server back.
 */
export function borrowRolePasswords(): BorrowedPasswords {
  users += 1;
  folder ??= mkdtempSync(join(tmpdir(), 'hub-flow-keys-'));
  const lent = folder;
  const keyFile = join(lent, 'keys.txt');
  let given = false;
  return {
    keyFile,
    async giveBack(how) {
      if (given) return;
      given = true;
      users -= 1;
      if (users > 0) return;
      await restore();
      if (how === 'keep') return;
      rmSync(lent, { recursive: true, force: true });
      folder = null;
    },
  };
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
