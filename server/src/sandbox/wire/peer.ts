import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ChangeStream } from './change-stream.ts';
import { faultChange, type Faults, type PlannedAnswer } from './faults.ts';
import type { Journal } from './journal.ts';
import { createRouter, type Call, type Reply, type Router, type Routes } from './router.ts';

export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;

export interface PeerOptions {
  /** What the imitated system answers. Faults strike here and nowhere else. */
  readonly routes: Routes;
  /** Under `/ui/`, for the sandbox page, beside `/ui/faults`. Closed without a key. */
  readonly uiRoutes: Routes;
  readonly uiKey: string | undefined;
  /** Opens `/__control` and `/__journal`, without a key: only for a peer that no stranger reaches. */
  readonly controls: boolean;
  readonly controlRoutes: Routes;
  readonly faults: Faults;
  readonly journal: Journal;
  readonly changes: ChangeStream;
  /** For `GET /__control` and `GET /ui/faults`. */
  readonly figures: () => Readonly<Record<string, unknown>>;
}

const MOST_BODY_BYTES = 120 * 1024 * 1024;
const NOT_FOUND: Reply = { status: 404, json: { error: 'Resource could not be found' } };

/**
 * A plain `node:http` handler. The path is read from `request.url`, so a mount must strip its prefix (Express does)
 * and must not have read the body.
 */
export function createPeer(options: PeerOptions): RequestHandler {
  const api = createRouter(options.routes);
  const ui = createRouter({ ...faultRoutes(options, '/ui/faults'), ...options.uiRoutes });
  const control = createRouter({ ...faultRoutes(options, '/__control'), ...journalRoutes(options), ...options.controlRoutes });
  const { faults, changes, uiKey } = options;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [path = '/', query = ''] = (request.url ?? '/').split('?', 2);
    if (path.startsWith('/__')) {
      reply(response, options.controls ? await answer(control, request, path, query) : NOT_FOUND);
      return;
    }
    if (path.startsWith('/ui/')) {
      if (!holdsKey(uiKey, request.headers['x-sandbox-ui'])) {
        reply(response, { status: 401, json: { error: 'unauthorized' } });
        return;
      }
      const answered = await answer(ui, request, path, query);
      if ('stream' in answered) changes.open(response);
      else reply(response, answered);
      return;
    }
    const plan = faults.plan(request.method ?? 'GET', path);
    if (plan.before === 'drop') {
      request.socket.destroy();
      return;
    }
    if (plan.waitMs > 0) await new Promise((resolve) => setTimeout(resolve, plan.waitMs));
    const answered = plan.before === 'execute' ? await answer(api, request, path, query) : planned(plan.before);
    if (plan.dropAfter) request.socket.destroy();
    else reply(response, answered);
  }

  return (request, response) => {
    serve(request, response).catch((error: unknown) => {
      // The client hung up while its body was being read, or a bug: either way this request has no other reader.
      if (response.headersSent || request.destroyed) response.destroy();
      else reply(response, { status: 500, json: { status: 500, error: error instanceof Error ? error.message : 'Internal Server Error' } });
    });
  };
}

async function answer(router: Router, request: IncomingMessage, path: string, query: string): Promise<Reply> {
  const found = router(request.method ?? 'GET', path);
  if (found === null) return NOT_FOUND;
  const body = (): Promise<Buffer | null> => readBody(request);
  const call: Call = {
    method: request.method ?? 'GET',
    path,
    params: found.params,
    query: new URLSearchParams(query),
    headers: request.headers,
    body,
    json: async () => parseJson(await body()),
  };
  return found.handler(call);
}

function faultRoutes({ faults, journal, figures }: PeerOptions, path: string): Routes {
  const state = (): Reply => ({ status: 200, json: { faults: faults.settings, journal: journal.last, ...figures() } });
  return {
    [`GET ${path}`]: state,
    [`PUT ${path}`]: async (call) => {
      const change = faultChange.safeParse(await call.json());
      if (!change.success) return { status: 422, json: { error: change.error.message } };
      faults.set(Object.fromEntries(Object.entries(change.data).filter(([, value]) => value !== undefined)));
      return state();
    },
  };
}

function journalRoutes({ journal }: PeerOptions): Routes {
  return {
    'GET /__journal': (call) => {
      const limit = Math.min(Number(call.query.get('limit') ?? 10_000) || 10_000, 100_000);
      return { status: 200, json: { entries: journal.after(Number(call.query.get('after') ?? 0) || 0, limit), last: journal.last } };
    },
  };
}

function planned({ status, body, retryAfterSeconds }: PlannedAnswer): Reply {
  return { status, json: body, ...(retryAfterSeconds === undefined ? {} : { headers: { 'retry-after': String(retryAfterSeconds) } }) };
}

function reply(response: ServerResponse, answered: Reply): void {
  if ('stream' in answered) {
    response.writeHead(500).end();
    return;
  }
  // A text leaves together with its headers in one write; bytes would take two.
  const body = 'bytes' in answered ? answered.bytes : (JSON.stringify(answered.json) ?? '');
  const type = 'bytes' in answered ? {} : { 'content-type': 'application/json; charset=utf-8' };
  response.writeHead(answered.status, { ...type, 'content-length': Buffer.byteLength(body), ...answered.headers });
  response.end(body);
}

function holdsKey(key: string | undefined, offered: string | string[] | undefined): boolean {
  if (key === undefined || key === '' || typeof offered !== 'string') return false;
  const wanted = Buffer.from(key);
  const given = Buffer.from(offered);
  return wanted.length === given.length && timingSafeEqual(wanted, given);
}

function readBody(request: IncomingMessage): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= MOST_BODY_BYTES) chunks.push(chunk);
    });
    request.on('end', () => resolve(size > MOST_BODY_BYTES ? null : chunks.length === 1 ? (chunks[0] ?? null) : Buffer.concat(chunks)));
    request.on('error', reject);
    request.on('close', () => reject(new Error('the request was cut off')));
  });
}

function parseJson(body: Buffer | null): unknown {
  if (body === null) return undefined;
  if (body.length === 0) return {};
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
