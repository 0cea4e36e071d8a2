import { createHmac, randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { argon2id, hash, needsRehash, verify } from 'argon2';
import { createBoundedPool } from './bounded-pool.ts';
import type { KeyEncryptionKey, KeyRing } from './key-ring.ts';

/** OWASP's minimum for argon2id; 56 ms on the measured machine. */
const COST = { type: argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1, hashLength: 32 } as const;

/** argon2 runs on the 4 threads that Node also resolves names and reads files with; one is left to them. */
const MAX_CONCURRENCY = 3;

/** Asked each time, because keys are rotated while the process runs. */
export interface Peppers {
  /** Mixed into new hashes by HMAC-SHA-256; its id is kept in the hash. */
  current(): KeyEncryptionKey;
  /** What an older hash was made with. */
  find(id: string): KeyEncryptionKey | undefined;
}

const PEPPER = 'password-pepper';

export const peppersOf = (keys: KeyRing): Peppers => ({
  current: () => keys.keyFor(PEPPER),
  find: (id) => (keys.has(id) ? keys.keyFor(PEPPER, id) : undefined),
});

export interface PasswordOptions {
  readonly peppers?: Peppers;
  /** Default: the number of cores, at most 3. */
  readonly concurrency?: number;
  /** Default 32. */
  readonly queueLimit?: number;
}

export interface Passwords {
  /** A PHC string, or `busy` when too many are waiting: answer 429. */
  hashPassword(password: string): Promise<{ readonly ok: true; readonly hash: string } | { readonly ok: false; readonly reason: 'busy' }>;
  /** Without a stored hash (unknown user) the same work is done and the answer is `mismatch` (IAM-18). */
  verifyPassword(password: string, stored: string | undefined): Promise<'match' | 'mismatch' | 'busy'>;
  /** Whether a hash was made with other costs or another pepper than new ones. */
  needsRehash(stored: string): boolean;
}

const pepperIdIn = (stored: string): string | undefined => {
  const data = /\$[^$]*\bdata=([A-Za-z0-9+/]+)/.exec(stored)?.[1];
  return data === undefined ? undefined : Buffer.from(data, 'base64').toString('utf8');
};

export function createPasswords(options: PasswordOptions = {}): Passwords {
  const pool = createBoundedPool(options.concurrency ?? Math.min(availableParallelism(), MAX_CONCURRENCY), options.queueLimit ?? 32);
  const { peppers } = options;
  const nobody = `$argon2id$v=19$m=${COST.memoryCost},t=${COST.timeCost},p=${COST.parallelism}$${randomBytes(16).toString('base64').slice(0, 22)}$${randomBytes(32).toString('base64').slice(0, 43)}`;

  /** One password typed on two systems can differ in bytes; NFKC makes them one. */
  function material(password: string, key: Buffer | undefined): Buffer {
    const bytes = Buffer.from(password.normalize('NFKC'));
    return key === undefined ? bytes : createHmac('sha256', key).update(bytes).digest();
  }

  async function matches(password: string, stored: string): Promise<boolean> {
    const pepperId = pepperIdIn(stored);
    const key = pepperId === undefined ? undefined : peppers?.find(pepperId)?.key;
    if (pepperId !== undefined && key === undefined) return verify(nobody, material(password, undefined)).then(() => false);
    return verify(stored, material(password, key));
  }

  return {
    async hashPassword(password) {
      const pepper = peppers?.current();
      const made = await pool.run(() =>
        hash(material(password, pepper?.key), { ...COST, ...(pepper ? { associatedData: Buffer.from(pepper.id) } : {}) }),
      );
      return made === 'busy' ? { ok: false, reason: 'busy' } : { ok: true, hash: made };
    },
    async verifyPassword(password, stored) {
      const isKnown = stored?.startsWith('$argon2') === true;
      const result = await pool.run(() => matches(password, isKnown ? stored : nobody));
      if (result === 'busy') return 'busy';
      return result && isKnown ? 'match' : 'mismatch';
    },
    needsRehash: (stored) => needsRehash(stored, COST) || pepperIdIn(stored) !== peppers?.current().id,
  };
}
