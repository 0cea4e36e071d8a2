import { createHash } from 'node:crypto';
import { gatewayMessageId, type ClientRef, type GatewayMessageId } from '#provider-kit';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * The WhatsApp id that a message with this reference gets on servers that accept `messageId`: the same for every attempt.
 * `3EB0` and 18 hex digits, upper case, is what WhatsApp Web itself makes.
 */
export function messageIdFor(ref: ClientRef): string {
  return `3EB0${sha256(ref).slice(0, 18).toUpperCase()}`;
}

const PLAIN = /^[\x21-\x7e]{1,200}$/;

/** The first that can be a WhatsApp message id: short and printable. */
export function messageIdOf(...candidates: readonly unknown[]): GatewayMessageId | undefined {
  const found = candidates.find((value) => typeof value === 'string' && PLAIN.test(value));
  return typeof found === 'string' ? gatewayMessageId(found) : undefined;
}

/** `<kind>|<part>|…`, at most 200 printable characters: what does not fit is replaced by its digest. */
export function eventKey(kind: string, ...parts: readonly string[]): string {
  const key = [kind, ...parts].join('|');
  return PLAIN.test(key) ? key : `${kind}|${sha256(key)}`;
}

/** Deeper than any real payload, and far from the end of the stack. */
const MAX_DEPTH = 64;

/** Equal for equal JSON, whatever the order of its fields. */
export function digest(value: unknown): string {
  const hash = createHash('sha256');
  const add = (part: unknown, depth: number): void => {
    if (depth > MAX_DEPTH || typeof part !== 'object' || part === null) {
      hash.update(typeof part === 'object' && part !== null ? '…' : (JSON.stringify(part) ?? 'undefined'));
    } else if (Array.isArray(part)) {
      hash.update('[');
      for (const entry of part) {
        add(entry, depth + 1);
        hash.update(',');
      }
      hash.update(']');
    } else {
      hash.update('{');
      for (const [name, entry] of Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) {
        hash.update(`${JSON.stringify(name)}:`);
        add(entry, depth + 1);
        hash.update(',');
      }
      hash.update('}');
    }
  };
  add(value, 0);
  return hash.digest('hex').slice(0, 32);
}

export function instancePath(action: string, externalId: string): string {
  return `/${action}/${encodeURIComponent(externalId.toWellFormed())}`;
}
