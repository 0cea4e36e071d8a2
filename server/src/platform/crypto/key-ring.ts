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
  /** The ids of all keys, the current one first. */
  ids(): readonly string[];
  has(id: string): boolean;
  /** A key for one other purpose (blind index, password pepper), 32 bytes. Of the current key unless an id is given. */
  keyFor(purpose: string, kekId?: string): KeyEncryptionKey;
}

/** Looks for newer keys: those of the file when it has changed, otherwise undefined. Must not throw. */
export type Reread = () => KeyRingKeys | undefined;

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

function toMap({ current, previous = [] }: KeyRingKeys): ReadonlyMap<string, Buffer> {
  const keys = new Map<string, Buffer>();
  for (const { id, key } of [current, ...previous]) {
    if (!/^[a-z0-9-]{1,32}$/.test(id)) throw new TypeError('a key id is 1 to 32 of a-z, 0-9 and -');
    if (key.length !== KEY_BYTES) throw new TypeError('a key encryption key has 32 bytes');
    if (keys.has(id)) throw new TypeError('two keys have the same id');
    keys.set(id, key);
  }
  return keys;
}

/** With `reread`, a process that runs while its key file is rotated seals with the new key and opens what others sealed with it. */
export function createKeyRing(given: KeyRingKeys, reread: Reread = () => undefined): KeyRing {
  let { current } = given;
  let keys = toMap(given);
  const dataKeys = new Map<string, Buffer>();

  function refresh(): void {
    const found = reread();
    if (found === undefined) return;
    keys = toMap(found);
    current = found.current;
    dataKeys.clear();
  }

  function keyOf(kekId: string): Buffer | undefined {
    if (!keys.has(kekId)) refresh();
    return keys.get(kekId);
  }

  function dataKey(kekId: string, accountId: string): Buffer | undefined {
    const name = `${kekId}|${accountId}`;
    const cached = dataKeys.get(name);
    if (cached) return cached;
    const kek = keyOf(kekId);
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
      refresh();
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
    ids: () => [...keys.keys()],
    has: (id) => keyOf(id) !== undefined,
    keyFor(purpose, kekId) {
      if (kekId === undefined) refresh();
      const id = kekId ?? current.id;
      const kek = keyOf(id);
      if (kek === undefined) throw new TypeError('no key with this id');
      return { id, key: derive(kek, '', `wph|v1|purpose|${purpose}`) };
    },
  };
}
