import { createHash, createHmac } from 'node:crypto';
import { type Secret, sameSecret } from '#platform/crypto';

const VERSION = 1;
const MAC_BYTES = 16;
const CHECKSUM_BYTES = 4;
const ID_BYTES = 16;
const MAX_COUNTER = 2 ** 31 - 1;
const MAX_LENGTH = 100;

/** What a refresh token says, before anyone believed it. */
export interface RefreshToken {
  readonly sessionId: string;
  /** How many times the session had been refreshed when the token was made. */
  readonly counter: number;
  readonly mac: Buffer;
}

/** `base64url(version | session id | uvarint counter | HMAC-SHA-256/128 | checksum)` (SECURITY.md IAM-06). */
export function writeRefreshToken(key: Secret, sessionId: string, counter: number): string {
  const claim = claimOf(sessionId, counter);
  const signed = Buffer.concat([claim, macOf(key, claim)]);
  return Buffer.concat([signed, checksumOf(signed)]).toString('base64url');
}

/** Null for what was never a token of ours; the checksum tells without asking the database. It proves nothing. */
export function readRefreshToken(text: string): RefreshToken | null {
  const bytes = Buffer.from(text, 'base64url');
  if (text.length > MAX_LENGTH || bytes.toString('base64url') !== text || bytes.length < 1 + ID_BYTES + 1 + MAC_BYTES + CHECKSUM_BYTES)
    return null;
  const signed = bytes.subarray(0, -CHECKSUM_BYTES);
  if (!checksumOf(signed).equals(bytes.subarray(-CHECKSUM_BYTES)) || signed[0] !== VERSION) return null;
  const sessionId = signed.toString('hex', 1, 1 + ID_BYTES).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  const counter = readCounter(signed.subarray(1 + ID_BYTES, -MAC_BYTES));
  return counter === null ? null : { sessionId, counter, mac: signed.subarray(-MAC_BYTES) };
}

export function isGenuine(key: Secret, { sessionId, counter, mac }: RefreshToken): boolean {
  return sameSecret(macOf(key, claimOf(sessionId, counter)), mac);
}

function claimOf(sessionId: string, counter: number): Buffer {
  return Buffer.concat([Buffer.from([VERSION]), Buffer.from(sessionId.replaceAll('-', ''), 'hex'), writeCounter(counter)]);
}

const macOf = (key: Secret, claim: Buffer): Buffer =>
  createHmac('sha256', Buffer.from(key.expose(), 'base64url')).update(claim).digest().subarray(0, MAC_BYTES);
const checksumOf = (signed: Buffer): Buffer => createHash('sha256').update(signed).digest().subarray(0, CHECKSUM_BYTES);

function writeCounter(counter: number): Buffer {
  const bytes: number[] = [];
  let rest = counter;
  while (rest >= 0x80) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  return Buffer.from([...bytes, rest]);
}

/** One spelling per number: a longer one of the same value is refused. */
function readCounter(bytes: Buffer): number | null {
  if (bytes.length === 0 || bytes.length > 5) return null;
  let counter = 0;
  for (const [index, byte] of bytes.entries()) counter += (byte & 0x7f) * 2 ** (7 * index);
  return counter <= MAX_COUNTER && writeCounter(counter).equals(bytes) ? counter : null;
}
