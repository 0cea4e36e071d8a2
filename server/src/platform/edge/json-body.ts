import express, { type Request, type RequestHandler } from 'express';
import { requestErrors } from '@whatpro/sdk/contract';
import { AppError } from '#platform/trpc';
import { hasDuplicateKeys } from './duplicate-keys.ts';

export const MAX_JSON_BYTES = 256 * 1024;
const MAX_DEPTH = 64;
const MAX_ITEMS = 1_000;
const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** No U+0000, and no half of a character. */
const isStorable = (text: string): boolean => !text.includes('\u0000') && !/\p{Cs}/u.test(text);

const JSON_MEDIA_TYPE = /^application\/json(?:\s*;\s*charset="?utf-8"?)?$/i;

/** `application/json`, with no parameter but `charset=utf-8`. */
export const isJson = (contentType: string | undefined): boolean => contentType !== undefined && JSON_MEDIA_TYPE.test(contentType.trim());

export const hasBody = (request: Request): boolean =>
  request.headers['transfer-encoding'] !== undefined || (request.headers['content-length'] ?? '0') !== '0';

/** Parses a JSON body of at most 256 KiB into `request.body`; other bodies are left alone. */
export function jsonBody(): RequestHandler[] {
  const twofold = new WeakSet<object>();
  const parse = express.json({
    limit: MAX_JSON_BYTES,
    type: (request) => isJson(request.headers['content-type']),
    verify: (request, _response, bytes) => void (hasDuplicateKeys(bytes.toString('utf8')) && twofold.add(request)),
  });
  const check: RequestHandler = (request, _response, next) => {
    const fault = twofold.has(request) ? 'duplicate' : jsonFault(request.body);
    next(fault === null ? undefined : new AppError(requestErrors.malformed, { details: { fault } }));
  };
  return [parse, check];
}

/**
 * What makes a parsed value dangerous to handle: deeper than a recursive reader's stack, lists without end, keys that reach a
 * prototype when copied, or text that PostgreSQL does not take (SECURITY.md HT-04, M14). Null when it is fine.
 */
export function jsonFault(value: unknown): 'depth' | 'items' | 'key' | 'text' | null {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_DEPTH) return 'depth';
    const below: unknown[] = [];
    for (const node of level) {
      if (typeof node === 'string' && !isStorable(node)) return 'text';
      if (typeof node !== 'object' || node === null) continue;
      if (Array.isArray(node)) {
        if (node.length > MAX_ITEMS) return 'items';
        for (const item of node) below.push(item);
        continue;
      }
      for (const [key, child] of Object.entries(node)) {
        if (FORBIDDEN_KEYS.has(key) || !isStorable(key)) return 'key';
        below.push(child);
      }
    }
    level = below;
  }
  return null;
}
