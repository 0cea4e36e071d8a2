import { Agent } from 'undici';
import { Secret } from '#platform/crypto';
import { createConnector, type Dial, dialTcp, resolveBySystem } from './connector.ts';
import { compilePolicy, type EgressPolicy, type Resolve, type Target } from './egress-policy.ts';
import { exchange, failure, type Head, type Hop } from './exchange.ts';
import type { HttpAnswer, HttpClient, HttpRequest, HttpStreamAnswer } from './http-client.ts';
import type { HttpFailure } from './incoming-body.ts';
import { abandonBody, encodeBody, type WireBody } from './request-body.ts';

const DEFAULT_TIMEOUT_MS = 10_000;
const DEFAULT_MAX_BYTES = 5 * 1024 * 1024;
const MAX_REDIRECTS = 5;
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];
/** What may follow a redirect to another origin; everything else could be a credential. */
const SAFE_ELSEWHERE: readonly string[] = ['accept', 'range'];
/** Decided by the URL and the connection, never by a caller. */
const NOT_BY_CALLER: readonly string[] = ['host', 'connection'];

export interface HttpClientOptions {
  readonly policy: EgressPolicy;
  readonly userAgent: string;
  /** Default: the system's resolver. */
  readonly resolve?: Resolve;
  /** Default: a TCP connection. */
  readonly dial?: Dial;
  /** PEM certificates trusted besides the usual ones, for peers behind a private authority. */
  readonly extraCertificates?: readonly string[];
}

export interface OwnedHttpClient extends HttpClient {
  /** Waits for requests under way, then closes all connections. */
  close(): Promise<void>;
}

const isFailure = (head: Head | HttpFailure): head is HttpFailure => !head.ok;

export function createHttpClient(options: HttpClientOptions): OwnedHttpClient {
  const resolve = options.resolve ?? resolveBySystem;
  const rules = compilePolicy(options.policy, resolve);
  const ways = { resolve, dial: options.dial ?? dialTcp, extraCertificates: options.extraCertificates ?? [] };
  const agent = new Agent({ connect: createConnector(rules, ways), pipelining: 1 });

  function headersFor(request: HttpRequest, body: WireBody | undefined, elsewhere: boolean): string[] {
    const headers: string[] = [];
    const names = new Set<string>();
    for (const [name, value] of Object.entries(request.headers ?? {})) {
      const lower = name.toLowerCase();
      if (NOT_BY_CALLER.includes(lower) || (elsewhere && !SAFE_ELSEWHERE.includes(lower))) continue;
      names.add(lower);
      headers.push(lower, value instanceof Secret ? value.expose() : value);
    }
    if (!names.has('user-agent')) headers.push('user-agent', options.userAgent);
    if (!names.has('accept-encoding')) headers.push('accept-encoding', 'identity');
    if (body && !names.has('content-type')) headers.push('content-type', body.contentType);
    return headers;
  }

  /** A connection that the peer was closing loses a request without a word; reading again is harmless, writing is not. */
  async function askOnce(hop: Hop): Promise<Head | HttpFailure> {
    const head = await exchange(agent, hop);
    const mayAskAgain = isFailure(head) && head.reason === 'dropped' && head.mayHaveArrived && hop.method === 'GET' && !hop.payload;
    return mayAskAgain && hop.deadline > performance.now() ? exchange(agent, hop) : head;
  }

  /** Only reading follows redirects: a body is not sent twice, and a POST is not turned into a GET. */
  function nextTarget(request: HttpRequest, from: Target, head: Head): string | undefined {
    const location = head.headers['location'];
    if (request.method !== 'GET' || location === undefined || !REDIRECTS.includes(head.status)) return undefined;
    return URL.canParse(location, from.url.href) ? new URL(location, from.url.href).href : location;
  }

  async function follow(request: HttpRequest, body: WireBody | undefined, streamed: boolean): Promise<Head | HttpFailure> {
    const deadline = performance.now() + (request.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    const redirects = Math.min(request.maxRedirects ?? 0, MAX_REDIRECTS);
    let address = request.url;
    let firstOrigin: string | undefined;
    for (let hops = 0; ; hops += 1) {
      const verdict = rules.target(address);
      if (!verdict.ok) return failure('blocked', false, verdict.why);
      const { url } = verdict.value;
      firstOrigin ??= url.origin;
      const head = await askOnce({
        origin: url.origin,
        path: url.pathname + url.search,
        method: request.method,
        headers: headersFor(request, body, url.origin !== firstOrigin),
        payload: body?.payload ?? null,
        deadline,
        maxBytes: request.maxBytes ?? DEFAULT_MAX_BYTES,
        streamed,
      });
      if (isFailure(head)) return head;
      const next = hops < redirects ? nextTarget(request, verdict.value, head) : undefined;
      if (next === undefined) return head;
      head.body.abandon();
      address = next;
    }
  }

  async function ask(request: HttpRequest, streamed: boolean): Promise<Head | HttpFailure> {
    const body = request.body === undefined ? undefined : encodeBody(request.body);
    const head = await follow(request, body, streamed);
    if (isFailure(head) && !head.mayHaveArrived && request.body) abandonBody(request.body);
    return head;
  }

  return {
    async request(request: HttpRequest): Promise<HttpAnswer> {
      const head = await ask(request, false);
      if (isFailure(head)) return head;
      const body = await head.body.collect();
      return Buffer.isBuffer(body) ? { ok: true, status: head.status, headers: head.headers, body } : body;
    },
    async stream(request: HttpRequest): Promise<HttpStreamAnswer> {
      return ask(request, true);
    },
    close: () => agent.close(),
  };
}
