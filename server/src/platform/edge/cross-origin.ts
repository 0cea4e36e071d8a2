import type { RequestHandler, Response } from 'express';
import { requestErrors } from '@whatpro/sdk/contract';
import { AppError } from '#platform/trpc';

/**
 * Where pages of other origins may ask: what belongs to an account, with a credential in a header. Signing in and everything
 * that a cookie opens stays with the Hub's own pages, and so do tRPC, the hooks and the documents.
 */
export const CROSS_ORIGIN_PATHS: readonly string[] = ['/api/v1/accounts', '/api/v1/instance-tokens'];

export interface OriginBook {
  /** Whether some account that is active vouches for exactly this origin. */
  isKnown(origin: string): Promise<boolean>;
  /** Looks each origin up anew. */
  forget(): void;
}

/** SECURITY.md HT-03 allows a minute. What is not known is asked again sooner: it may have just been added. */
const KNOWN_TTL_MS = 60_000;
const UNKNOWN_TTL_MS = 5_000;
const MAX_ENTRIES = 5_000;
const MAX_LENGTH = 300;

export function createOriginBook(options: {
  readonly lookUp: (origin: string) => Promise<boolean>;
  readonly monotonicMs: () => number;
}): OriginBook {
  const entries = new Map<string, { readonly known: Promise<boolean>; untilMs: number }>();
  return {
    isKnown(origin) {
      if (origin.length > MAX_LENGTH || !/^https?:\/\/./.test(origin)) return Promise.resolve(false);
      const entry = entries.get(origin);
      if (entry !== undefined && options.monotonicMs() < entry.untilMs) return entry.known;
      entries.delete(origin);
      const oldest = entries.keys().next();
      if (entries.size >= MAX_ENTRIES && !oldest.done) entries.delete(oldest.value);
      const asked = { known: options.lookUp(origin), untilMs: options.monotonicMs() + UNKNOWN_TTL_MS };
      entries.set(origin, asked);
      asked.known.then(
        (known) => void (known && (asked.untilMs += KNOWN_TTL_MS - UNKNOWN_TTL_MS)),
        () => void (entries.get(origin) === asked && entries.delete(origin)),
      );
      return asked.known;
    },
    forget: () => entries.clear(),
  };
}

/** Exact match or nothing; no wildcard, no reflection, no credentials (SECURITY.md HT-03). The answer differs by origin, so caches are told. */
export function crossOrigin(book: OriginBook, own: readonly string[]): RequestHandler {
  return async (request, response, next) => {
    response.vary('Origin');
    const { origin } = request.headers;
    if (origin === undefined || own.includes(origin)) return next();
    const preflight = request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;
    // Without an answer of the database a request goes on as from a stranger's page: it is served, and the page may not read it.
    const known = await book.isKnown(origin).catch((error: unknown) => (preflight ? Promise.reject(error) : false));
    if (known) response.setHeader('Access-Control-Allow-Origin', origin);
    if (!preflight) {
      if (known) exposeHeaders(response);
      return next();
    }
    if (!known) throw new AppError(requestErrors['origin-unknown']);
    answerPreflight(response);
  };
}

function exposeHeaders(response: Response): void {
  response.setHeader('Access-Control-Expose-Headers', 'X-Request-Id, Retry-After, RateLimit, RateLimit-Policy, Idempotency-Replayed');
}

function answerPreflight(response: Response): void {
  response.setHeader('Access-Control-Allow-Methods', 'GET, POST, PUT, PATCH, DELETE');
  response.setHeader('Access-Control-Allow-Headers', 'Authorization, Content-Type, Idempotency-Key');
  response.setHeader('Access-Control-Max-Age', '600');
  response.status(204).end();
}
