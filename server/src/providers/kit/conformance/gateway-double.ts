import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface WireRequest {
  readonly method: string;
  /** Path and query, without the base path. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
  /** The body when it is JSON, else null. */
  readonly json: unknown;
}

/** `hang` never answers; `drop` closes the connection after the request was read. */
export type WireReply =
  | 'hang'
  | 'drop'
  | {
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly json?: unknown;
      readonly body?: string | Uint8Array;
    };

export interface GatewayDouble {
  readonly baseUrl: string;
  /** Every request that came in, oldest first. */
  readonly journal: readonly WireRequest[];
  /** What answers from now on. */
  answer(handler: (request: WireRequest) => WireReply): void;
  close(): Promise<void>;
}

/** A gateway made of a real HTTP server on the loopback, and a handler. */
export async function startGateway(basePath = ''): Promise<GatewayDouble> {
  const journal: WireRequest[] = [];
  let handler: (request: WireRequest) => WireReply = () => ({ status: 404, json: { error: 'not found' } });
  const server = createServer((incoming, outgoing) => {
    void readRequest(incoming, basePath).then(
      (request) => {
        journal.push(request);
        write(outgoing, handler(request));
      },
      () => outgoing.destroy(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}${basePath}`,
    journal,
    answer: (next) => {
      handler = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readRequest(incoming: IncomingMessage, basePath: string): Promise<WireRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]));
  return { method: incoming.method ?? '', path: (incoming.url ?? '').slice(basePath.length), headers, bytes, json: parsed(bytes) };
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch {
    return null;
  }
}

function write(outgoing: ServerResponse, reply: WireReply): void {
  if (reply === 'hang') return;
  if (reply === 'drop') {
    outgoing.destroy();
    return;
  }
  const body = reply.body ?? JSON.stringify(reply.json ?? {});
  outgoing.writeHead(reply.status ?? 200, {
    'content-type': reply.body === undefined ? 'application/json' : 'application/octet-stream',
    connection: 'close',
    ...reply.headers,
  });
  outgoing.end(body);
}
