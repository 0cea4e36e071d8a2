import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { Clock } from '#platform/clock';
import { type KeyRing, type Place, Secret } from '#platform/crypto';
import type { Database, SystemDatabase } from '#platform/database';

export interface KeyRow {
  readonly id: string;
  readonly state: string;
  readonly stateSince: Date;
  readonly publicJwk: unknown;
  readonly privateKey: string;
}

interface Dependencies {
  readonly database: Pick<Database, 'system'>;
  readonly keyRing: KeyRing;
  readonly clock: Pick<Clock, 'now'>;
}

const MINUTE_MS = 60_000;
/** Others keep what the key set says for ten minutes; a key signs only once all of them know it (IAM-03). */
const PUBLISHED_BEFORE_MS = 15 * MINUTE_MS;
/** Longer than any token lives: 15 minutes. */
const KEPT_AFTER_MS = 30 * MINUTE_MS;
const ROTATE_AFTER_MS = 90 * 24 * 60 * MINUTE_MS;

const FIRST_KEY = 'key-1';

export const signingKeyAt = (id: string): Place => ({ accountId: 'hub', table: 'signing_key', column: 'private_key', rowId: id });

const isOlder = (key: KeyRow, ms: number, now: Date): boolean => now.getTime() - key.stateSince.getTime() >= ms;

export function isRotationDue(keys: readonly KeyRow[], now: Date): boolean {
  const [current, next] = ['current', 'next'].map((state) => keys.find((key) => key.state === state));
  if (current === undefined) return true;
  if (next === undefined ? isOlder(current, ROTATE_AFTER_MS, now) : isOlder(next, PUBLISHED_BEFORE_MS, now)) return true;
  return keys.some((key) => key.state === 'previous' && isOlder(key, KEPT_AFTER_MS, now));
}

/**
 * One step of the rotation, by one process at a time. `when-due`: what the times say. `start`: the next key is published now and
 * signs in 15 minutes. `emergency`: a new key signs at once and no other is believed any more, so every token has to be asked for
 * again.
 */
export function rotateSigningKeys(dependencies: Dependencies, how: 'when-due' | 'start' | 'emergency'): Promise<readonly KeyRow[]> {
  const now = dependencies.clock.now();
  return dependencies.database.system.run(async (tables) => {
    const keys = await readLocked(tables);
    if (how === 'emergency') {
      await tables.signingKey.deleteMany();
      await addKey(dependencies, tables, newKeyId(), 'current', now);
    } else {
      await removeOld(tables, keys, now);
      await advance(dependencies, tables, keys, how, now);
    }
    return tables.signingKey.findMany({ orderBy: { id: 'asc' } });
  });
}

/**
 * Prisma has no FOR UPDATE; a write that changes nothing takes the same lock. Whoever waited for it may find that the key is
 * no longer the current one, and then waits for the one that is.
 */
async function readLocked(tables: SystemDatabase): Promise<readonly KeyRow[]> {
  for (let tries = 0; tries < 5; tries += 1) {
    const { count } = await tables.signingKey.updateMany({ where: { state: 'current' }, data: { state: 'current' } });
    const keys = await tables.signingKey.findMany({ orderBy: { id: 'asc' } });
    if (count > 0 || !keys.some(({ state }) => state === 'current')) return keys;
  }
  throw new Error('the signing keys are being changed by somebody else');
}

async function advance(
  dependencies: Dependencies,
  tables: SystemDatabase,
  keys: readonly KeyRow[],
  how: 'when-due' | 'start',
  now: Date,
): Promise<void> {
  const current = keys.find(({ state }) => state === 'current');
  const next = keys.find(({ state }) => state === 'next');
  if (current === undefined && next === undefined) {
    // Processes that start together agree on the id, so only one of their keys is stored.
    await addKey(dependencies, tables, keys.length === 0 ? FIRST_KEY : newKeyId(), 'current', now);
  } else if (next !== undefined && (current === undefined || isOlder(next, PUBLISHED_BEFORE_MS, now))) {
    if (current !== undefined)
      await tables.signingKey.updateMany({ where: { id: current.id }, data: { state: 'previous', stateSince: now } });
    await tables.signingKey.updateMany({ where: { id: next.id }, data: { state: 'current', stateSince: now } });
  } else if (next === undefined && current !== undefined && (how === 'start' || isOlder(current, ROTATE_AFTER_MS, now))) {
    await addKey(dependencies, tables, newKeyId(), 'next', now);
  }
}

async function removeOld(tables: SystemDatabase, keys: readonly KeyRow[], now: Date): Promise<void> {
  const old = keys.filter((key) => key.state === 'previous' && isOlder(key, KEPT_AFTER_MS, now)).map(({ id }) => id);
  if (old.length > 0) await tables.signingKey.deleteMany({ where: { id: { in: old } } });
}

async function addKey({ keyRing }: Dependencies, tables: SystemDatabase, id: string, state: 'current' | 'next', now: Date): Promise<void> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const sealed = keyRing.seal(signingKeyAt(id), new Secret(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()));
  const { x = '' } = publicKey.export({ format: 'jwk' });
  await tables.signingKey.createMany({
    data: { id, publicJwk: { kty: 'OKP', crv: 'Ed25519', x }, privateKey: sealed, state, stateSince: now },
    skipDuplicates: true,
  });
}

const newKeyId = (): string => `key-${randomBytes(6).toString('hex')}`;
