import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { Secret } from './secret.ts';

/** Where a sealed value lives. Moved anywhere else it does not open. No part may be empty or contain `|`. */
export interface Place {
  readonly accountId: string;
  readonly table: string;
  readonly column: string;
  readonly rowId: string;
}

export interface KeyEncryptionKey {
  /** 1 to 32 of `a-z 0-9 -`. */
  readonly id: string;
  /** 32 bytes. */
  readonly key: Buffer;
}

/** `current` seals; `previous` still opens what was sealed with it. */
export interface KeyRingKeys {
  readonly current: KeyEncryptionKey;
  readonly previous?: readonly KeyEncryptionKey[];
}

export interface KeyRing {
  /** `v1.<kek_id>.<dek_id>.<iv>.<ciphertext>.<tag>`, the last three in base64url. */
  seal(place: Place, secret: Secret): string;
  /** Throws `CannotOpen`, the same for every cause. */
  open(place: Place, sealed: string): Secret;
  /** Whether the value was sealed with the current key; otherwise it is to be opened and sealed again. */
  isCurrent(sealed: string): boolean;
  /** A key for one other purpose (blind index, password pepper), 32 bytes. Of the current key unless an id is given. */
  keyFor(purpose: string, kekId?: string): KeyEncryptionKey;
}

export class CannotOpen extends Error {
  constructor() {
    super('the sealed value cannot be opened');
    this.name = 'CannotOpen';
  }
}

/**
 * The data key of an account is derived (HKDF-SHA-256, salt = account id) and not stored, so this label names the
 * derivation. Changing the key encryption key therefore means sealing each value again.
 */
const DEK_ID = 'hkdf1';
const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const MAX_CACHED_KEYS = 1_000;

const derive = (key: Buffer, salt: string, info: string): Buffer => Buffer.from(hkdfSync('sha256', key, salt, info, KEY_BYTES));

function additionalData({ accountId, table, column, rowId }: Place): Buffer {
  const parts = [accountId, table, column, rowId];
  if (parts.some((part) => part === '' || part.includes('|'))) throw new TypeError('a place is empty or contains "|"');
  return Buffer.from(['wph', 'v1', ...parts, DEK_ID].join('|'));
}

export function createKeyRing({ current, previous = [] }: KeyRingKeys): KeyRing {
  const keys = new Map<string, Buffer>();
  for (const { id, key } of [...previous, current]) {
    if (!/^[a-z0-9-]{1,32}$/.test(id)) throw new TypeError('a key id is 1 to 32 of a-z, 0-9 and -');
    if (key.length !== KEY_BYTES) throw new TypeError('a key encryption key has 32 bytes');
    if (keys.has(id)) throw new TypeError('two keys have the same id');
    keys.set(id, key);
  }
  const dataKeys = new Map<string, Buffer>();

  function dataKey(kekId: string, accountId: string): Buffer | undefined {
    const name = `${kekId}|${accountId}`;
    const cached = dataKeys.get(name);
    if (cached) return cached;
    const kek = keys.get(kekId);
    if (kek === undefined) return undefined;
    const key = derive(kek, accountId, `wph|v1|dek|${DEK_ID}`);
    const oldest = dataKeys.keys().next();
    if (dataKeys.size >= MAX_CACHED_KEYS && !oldest.done) dataKeys.delete(oldest.value);
    dataKeys.set(name, key);
    return key;
  }

  function decrypt(place: Place, sealed: string): string | undefined {
    const [version, kekId, dekId, iv, text, tag, ...rest] = sealed.split('.');
    if (version !== 'v1' || dekId !== DEK_ID || kekId === undefined || rest.length > 0) return undefined;
    if (iv === undefined || text === undefined || tag === undefined) return undefined;
    const [ivBytes, textBytes, tagBytes] = [iv, text, tag].map((part) => Buffer.from(part, 'base64url'));
    if (ivBytes?.toString('base64url') !== iv || textBytes?.toString('base64url') !== text || tagBytes?.toString('base64url') !== tag) {
      return undefined;
    }
    const key = dataKey(kekId, place.accountId);
    if (key === undefined || ivBytes.length !== IV_BYTES || tagBytes.length !== TAG_BYTES) return undefined;
    const decipher = createDecipheriv('aes-256-gcm', key, ivBytes, { authTagLength: TAG_BYTES });
    decipher.setAAD(additionalData(place)).setAuthTag(tagBytes);
    return Buffer.concat([decipher.update(textBytes), decipher.final()]).toString('utf8');
  }

  return {
    seal(place, secret) {
      const aad = additionalData(place);
      const key = dataKey(current.id, place.accountId);
      if (key === undefined) throw new TypeError('the current key is missing');
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES }).setAAD(aad);
      const text = Buffer.concat([cipher.update(secret.expose(), 'utf8'), cipher.final()]);
      return ['v1', current.id, DEK_ID, ...[iv, text, cipher.getAuthTag()].map((part) => part.toString('base64url'))].join('.');
    },
    open(place, sealed) {
      let opened: string | undefined;
      try {
        opened = decrypt(place, sealed);
      } catch {
        opened = undefined;
      }
      if (opened === undefined) throw new CannotOpen();
      return new Secret(opened);
    },
    isCurrent: (sealed) => sealed.startsWith(`v1.${current.id}.${DEK_ID}.`),
    keyFor(purpose, kekId = current.id) {
      const kek = keys.get(kekId);
      if (kek === undefined) throw new TypeError('no key with this id');
      return { id: kekId, key: derive(kek, '', `wph|v1|purpose|${purpose}`) };
    },
  };
}
