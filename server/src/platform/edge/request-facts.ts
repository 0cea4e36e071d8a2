import { randomBytes } from 'node:crypto';
import type { Request } from 'express';
import type { RequestFacts } from '#platform/trpc';

const known = new WeakMap<Request, RequestFacts>();

/** The facts of a request, the same ones however often it is asked. The id is always ours: a caller's could be made to confuse logs. */
export function requestFactsOf(request: Request): RequestFacts {
  const before = known.get(request);
  if (before !== undefined) return before;
  const facts: RequestFacts = {
    requestId: `req_${randomBytes(12).toString('base64url')}`,
    ip: request.ip ?? '',
    userAgent: request.headers['user-agent']?.slice(0, 300) ?? null,
  };
  known.set(request, facts);
  return facts;
}
