import type { Secret } from '#platform/crypto';

export type HttpBody =
  /** A `Secret` anywhere inside is written in the clear. */
  | { readonly json: unknown }
  | { readonly form: readonly FormPart[] }
  /** Chunks are written as they come; `contentType` is sent as it is. */
  | { readonly stream: AsyncIterable<Uint8Array | string>; readonly contentType: string };

export type FormPart =
  | { readonly name: string; readonly value: string }
  | {
      readonly name: string;
      readonly fileName: string;
      readonly contentType: string;
      readonly content: AsyncIterable<Uint8Array> | Uint8Array;
    };

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Absolute http(s) URL. */
  readonly url: string;
  /** Secret values are unwrapped at the socket and nowhere else. */
  readonly headers?: Readonly<Record<string, string | Secret>>;
  readonly body?: HttpBody;
  /** Whole request, from the connection to the end of the answer's body, streamed or not. Default 10,000. */
  readonly timeoutMs?: number;
  /** The answer is cut off above this. Default 5 MiB. */
  readonly maxBytes?: number;
  /**
   * Redirects to follow for a GET, each checked again; on another origin only `accept` and `range` are kept. Default 0,
   * at most 5. Beyond it, and for other methods, the redirect itself is the answer.
   */
  readonly maxRedirects?: number;
}

export type HttpAnswer =
  | { readonly ok: true; readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: Buffer }
  | {
      readonly ok: false;
      readonly reason: 'refused' | 'dns' | 'tls' | 'timeout' | 'dropped' | 'blocked' | 'too-large';
      /** Whether bytes of the request may have reached the peer. */
      readonly mayHaveArrived: boolean;
      readonly detail: string;
    };

export type HttpStreamAnswer =
  | {
      readonly ok: true;
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: AsyncIterable<Uint8Array>;
    }
  | Extract<HttpAnswer, { ok: false }>;

/** Requests to addresses that tenants or vendors chose. Never throws for what the network or the peer does. */
export interface HttpClient {
  request(request: HttpRequest): Promise<HttpAnswer>;
  /** The body must be read to its end or abandoned by leaving the loop. Reading throws `BodyInterrupted` when it breaks off. */
  stream(request: HttpRequest): Promise<HttpStreamAnswer>;
}
