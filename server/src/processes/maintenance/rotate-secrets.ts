import { addKeyOnTop, type KeyRing } from '#platform/crypto';
import type { Database } from '#platform/database';
import { reseal, type Resealed } from './reseal.ts';

interface RotationTools {
  readonly database: Database;
  readonly keyFile: string;
  /** The ring of the file as it is now. */
  readonly openKeys: () => Promise<KeyRing>;
  readonly onBatch?: (resealed: number) => Promise<void> | void;
}

export interface RotatedSecrets extends Resealed {
  /** False: a rotation that was not finished was carried on. */
  readonly newKey: boolean;
  readonly currentId: string;
  /** Keys below the current one. Nothing is sealed with them any more; older passwords and API keys may still be hashed with them. */
  readonly olderIds: readonly string[];
}

/** Puts a new key on top of the key file and seals everything with it. What an earlier run or a person began is finished first, without another key. */
export async function rotateSecrets({ database, keyFile, openKeys, onBatch }: RotationTools): Promise<RotatedSecrets> {
  const before = await openKeys();
  const begun = await reseal({ database, keys: before }, onBatch);
  if (begun.resealed > 0) return describe(before, false, begun);
  await addKeyOnTop(keyFile);
  const keys = await openKeys();
  return describe(keys, true, await reseal({ database, keys }, onBatch));
}

function describe(keys: KeyRing, newKey: boolean, resealed: Resealed): RotatedSecrets {
  const [currentId = '', ...olderIds] = keys.ids();
  return { newKey, currentId, olderIds, ...resealed };
}
