import { createHmac, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { type Permission, PERMISSIONS, requestErrors } from '@whatpro/sdk/contract';
import type { Clock } from '#platform/clock';
import { type Passwords, sameSecret } from '#platform/crypto';
import type { Database } from '#platform/database';
import { AppError, type KeyActor } from '#platform/trpc';
import { type ApiKeyParts, readApiKey } from './api-key-format.ts';
import { type AttemptStore, networkOf } from './attempt-limits.ts';
import { createFreshCache } from './fresh-cache.ts';

/** A key as its row has it now, found only while it is good. */
export interface LiveKey {
  readonly actor: KeyActor;
  readonly secretHash: string;
  readonly expiresAt: Date;
}

export interface ApiKeys {
  /** Who this key speaks for; null for every key that is not good. Throws `request/too-many` when too many unknown keys are tried. */
  verify(presented: string, ip: string): Promise<KeyActor | null>;
  /** Whether a key that was verified before is still good. */
  isLive(actor: KeyActor): Promise<boolean>;
  /** Forgets what is known of a key, by its public id. */
  drop(publicId: string): void;
}

interface Dependencies {
  readonly database: Database;
  readonly clock: Clock;
  readonly passwords: Passwords;
  readonly attempts: AttemptStore;
}

/** How old the state of a key's row may be; revocation is told to every process besides. */
const ROW_MAX_AGE_MS = 3_000;
const PROVEN_MS = 30_000;
const REFUSED_MS = 10_000;
const MAX_ENTRIES = 10_000;
/** Keys that were not proven before, from one network. One that turns out to be good is not counted. */
const UNPROVEN = { attempts: 60, windowMs: 60_000 };

const isPermission = (text: string): text is Permission => PERMISSIONS.some((permission) => permission === text);

/** Hashing is slow by intent, so a key that matched is remembered for a while, by a mark that is worth nothing outside this process (AK-03). */
export function createApiKeys({ database, clock, passwords, attempts }: Dependencies): ApiKeys {
  const processKey = randomBytes(32);
  const markOf = (presented: string): string => createHmac('sha256', processKey).update(presented).digest('base64');
  const rows = createFreshCache<LiveKey>({ clock, maxAgeMs: ROW_MAX_AGE_MS, maxEntries: MAX_ENTRIES });
  /** Which stored hash a presented key was proven against. */
  const proven = createFreshCache<string>({ clock, maxAgeMs: PROVEN_MS, maxEntries: MAX_ENTRIES });
  const refused = createFreshCache<true>({ clock, maxAgeMs: REFUSED_MS, maxEntries: MAX_ENTRIES });

  const rowOf = async (publicId: string): Promise<LiveKey | null> => {
    const row = await rows.get(publicId, () => findKey(database, publicId));
    return row !== null && clock.now() < row.expiresAt ? row : null;
  };

  async function prove(mark: string, { publicId, secret }: ApiKeyParts, ip: string): Promise<string | null> {
    if ((await refused.get(mark, async () => null)) !== null) return null;
    const network = `api-key:${networkOf(ip)}`;
    const verdict = await attempts.take(network, UNPROVEN);
    if (!verdict.allowed) throw new AppError(requestErrors['too-many'], { retryAfterSeconds: verdict.retryAfterSeconds });
    const row = await rowOf(publicId);
    const result = row === null ? 'mismatch' : await passwords.verifyPassword(secret.expose(), row.secretHash);
    if (result === 'busy') throw new AppError(requestErrors['too-many'], { retryAfterSeconds: 2 });
    if (row === null || result === 'mismatch') {
      await refused.get(mark, async () => true);
      return null;
    }
    await attempts.giveBack(network);
    return row.secretHash;
  }

  return {
    async verify(presented, ip) {
      const parts = readApiKey(presented);
      if (parts === null) return null;
      const mark = markOf(presented);
      const provenHash = await proven.get(mark, () => prove(mark, parts, ip));
      if (provenHash === null) return null;
      const row = await rowOf(parts.publicId);
      if (row === null || !sameSecret(row.secretHash, provenHash)) {
        proven.drop(mark);
        return null;
      }
      return row.actor;
    },
    isLive: async ({ publicId }) => (await rowOf(publicId)) !== null,
    drop: (publicId) => rows.drop(publicId),
  };
}

async function findKey(database: Database, publicId: string): Promise<LiveKey | null> {
  const [found] = await database.system.lookUp('resolve_api_key', [publicId], (row): LiveKey => {
    const scopes = Array.isArray(row['scopes']) ? row['scopes'].map(String).filter(isPermission) : [];
    return {
      secretHash: String(row['secret_hash']),
      expiresAt: z.date().parse(row['expires_at']),
      actor: {
        kind: 'api-key',
        apiKeyId: String(row['api_key_id']),
        publicId,
        accountId: String(row['account_id']),
        name: String(row['name']),
        createdBy: String(row['created_by']),
        scopes: new Set(scopes),
        perMinute: Number(row['per_minute']),
      },
    };
  });
  return found ?? null;
}
