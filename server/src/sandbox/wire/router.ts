import type { IncomingHttpHeaders } from 'node:http';

export interface Call {
  readonly method: string;
  /** Within the peer, without the query. */
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** Null above the size limit. */
  body(): Promise<Buffer | null>;
  /** An empty object for an empty body, undefined for one that is no JSON. */
  json(): Promise<unknown>;
}

export type Reply =
  | { readonly status: number; readonly json: unknown; readonly headers?: Readonly<Record<string, string>> }
  | { readonly status: number; readonly bytes: Buffer; readonly headers: Readonly<Record<string, string>> }
  /** Keeps the connection and sends changes on it. */
  | { readonly stream: true };

export type Handler = (call: Call) => Reply | Promise<Reply>;

/** `'POST /api/v1/accounts/:account/inboxes'` → what answers it. */
export type Routes = Readonly<Record<string, Handler>>;

interface Node {
  readonly words: Map<string, Node>;
  param: Node | null;
  readonly handlers: Map<string, { readonly handler: Handler; readonly names: readonly string[] }>;
}

export type Router = (method: string, path: string) => { readonly handler: Handler; readonly params: Record<string, string> } | null;

const makeNode = (): Node => ({ words: new Map(), param: null, handlers: new Map() });

export function createRouter(routes: Routes): Router {
  const root = makeNode();
  for (const [route, handler] of Object.entries(routes)) {
    const [method = '', path = ''] = route.split(' ');
    let node = root;
    const names: string[] = [];
    for (const part of path.split('/').slice(1)) {
      if (part.startsWith(':')) {
        names.push(part.slice(1));
        node.param ??= makeNode();
        node = node.param;
      } else {
        const next = node.words.get(part) ?? makeNode();
        node.words.set(part, next);
        node = next;
      }
    }
    node.handlers.set(method, { handler, names });
  }

  return (method, path) => {
    let node: Node | null = root;
    const values: string[] = [];
    for (const part of path.split('/').slice(1)) {
      const word: Node | undefined = node.words.get(part);
      if (word === undefined && part !== '') values.push(part);
      node = word ?? (part === '' ? null : node.param);
      if (node === null) return null;
    }
    const found = node.handlers.get(method);
    if (found === undefined) return null;
    const params: Record<string, string> = {};
    found.names.forEach((name, index) => {
      params[name] = decode(values[index] ?? '');
    });
    return { handler: found.handler, params };
  };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
