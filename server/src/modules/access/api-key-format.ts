import { randomInt } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { Secret } from '#platform/crypto';

/** `wph_live_<public id, 12>_<secret, 30><checksum, 6>`, all base62: 178 random bits, found by scanners of leaked keys. */
const SHAPE = /^(wph_live_([0-9A-Za-z]{12})_([0-9A-Za-z]{30}))([0-9A-Za-z]{6})$/;
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

export const API_KEY_PREFIX = 'wph_';

export interface ApiKeyParts {
  readonly publicId: string;
  readonly secret: Secret;
}

export function makeApiKey(): ApiKeyParts & { readonly key: Secret; readonly hint: string } {
  const publicId = randomText(12);
  const secret = randomText(30);
  const unchecked = `wph_live_${publicId}_${secret}`;
  const key = unchecked + checksumOf(unchecked);
  return { publicId, secret: new Secret(secret), key: new Secret(key), hint: `wph_live_${publicId}_…${key.slice(-4)}` };
}

/** Null for what cannot be a key, a typing mistake included. A checksum that fits proves nothing else. */
export function readApiKey(text: string): ApiKeyParts | null {
  const [, unchecked, publicId, secret, checksum] = SHAPE.exec(text) ?? [];
  if (unchecked === undefined || publicId === undefined || secret === undefined) return null;
  return checksumOf(unchecked) === checksum ? { publicId, secret: new Secret(secret) } : null;
}

const randomText = (length: number): string => Array.from({ length }, () => ALPHABET[randomInt(62)]).join('');

function checksumOf(text: string): string {
  let rest = crc32(text);
  let digits = '';
  for (let place = 0; place < 6; place += 1) {
    digits = (ALPHABET[rest % 62] ?? '') + digits;
    rest = Math.floor(rest / 62);
  }
  return digits;
}
