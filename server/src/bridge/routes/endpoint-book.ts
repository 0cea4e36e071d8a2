import type { Endpoint } from '../inbound/accept-gateway-webhook.ts';

export interface EndpointBook {
  /** Null when no such address is in use. */
  find(token: string): Promise<Endpoint | null>;
}

/** An address that was retired or suspended stops within this time. */
const TTL_MS = 5_000;
const ENTRIES_MAX = 10_000;

/**
 * Secret addresses by the hash of their token. Unknown ones are not kept, so that strangers cannot fill the book.
 * The token itself is never a key here.
 */
export function createEndpointBook(options: {
  readonly lookUp: (tokenSha256: Buffer) => Promise<Endpoint | null>;
  readonly hashOf: (token: string) => Buffer;
  readonly monotonicMs: () => number;
}): EndpointBook {
  const entries = new Map<string, { readonly endpoint: Endpoint; readonly expiresMs: number }>();
  return {
    async find(token) {
      if (token.length < 32 || token.length > 128) return null;
      const hash = options.hashOf(token);
      const key = hash.toString('base64');
      const known = entries.get(key);
      if (known && known.expiresMs > options.monotonicMs()) return known.endpoint;
      const endpoint = await options.lookUp(hash);
      entries.delete(key);
      if (!endpoint) return null;
      if (entries.size >= ENTRIES_MAX) entries.clear();
      entries.set(key, { endpoint, expiresMs: options.monotonicMs() + TTL_MS });
      return endpoint;
    },
  };
}
