import { Agent, createServer, request as send } from 'node:http';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** One webhook that went through, and what its sender was told. */
export interface TappedWebhook {
  readonly path: string;
  /** 0: the Hub gave no answer. */
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Tap {
  readonly url: string;
  /** Where the Hub's api is. */
  aim(url: string): void;
  /** Told in the order in which the Hub answered. */
  onWebhook(listener: (webhook: TappedWebhook) => void): void;
  /**
   * The planted fault "acknowledged before it is stored": answers 200 at once and hands on later. What it holds when it is
   * killed is gone. Null: honest again.
   */
  acknowledgeFirst(holdMs: number | null): void;
  /** Forgets what it holds, like the death of a process that keeps its work in memory. The number of what was forgotten. */
  killHeld(): number;
  close(): Promise<void>;
}

/** Stands between the senders of webhooks and the Hub, and sees what each was answered. Hands on everything else unchanged. */
export async function startTap(): Promise<Tap> {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  const listeners: ((webhook: TappedWebhook) => void)[] = [];
  const held = new Set<NodeJS.Timeout>();
  let target = new URL('http://127.0.0.1:1');
  let holdMs: number | null = null;

  const forward = (
    incoming: Pick<IncomingMessage, 'method' | 'url' | 'headers'>,
    body: Buffer,
  ): Promise<{ status: number; headers: IncomingMessage['headers']; body: Buffer }> =>
    new Promise((resolve) => {
      const call = send(
        {
          agent,
          host: target.hostname,
          port: target.port,
          method: incoming.method,
          path: incoming.url,
          headers: { ...incoming.headers, 'content-length': body.length },
        },
        (answer) => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) }));
          answer.on('error', () => resolve({ status: 0, headers: {}, body: Buffer.alloc(0) }));
        },
      );
      call.on('error', () => resolve({ status: 0, headers: {}, body: Buffer.alloc(0) }));
      call.end(body);
    });

  const handle = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(incoming);
    const tell = (status: number): void => {
      const parsed = parse(body);
      for (const listener of listeners) listener({ path: incoming.url ?? '', status, body: parsed });
    };
    if (holdMs !== null) {
      const { method, url, headers } = incoming;
      const timer = setTimeout(() => {
        held.delete(timer);
        void forward({ method, url, headers }, body);
      }, holdMs);
      held.add(timer);
      tell(200);
      response.writeHead(200, { 'content-length': 0 }).end();
      return;
    }
    const answer = await forward(incoming, body);
    tell(answer.status);
    if (answer.status === 0) response.destroy();
    else response.writeHead(answer.status, headersOf(answer)).end(answer.body);
  };

  const server = createServer(
    { keepAliveTimeout: 60_000 },
    (incoming, response) => void handle(incoming, response).catch(() => response.destroy()),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
    aim: (url) => void (target = new URL(url)),
    onWebhook: (listener) => void listeners.push(listener),
    acknowledgeFirst: (ms) => void (holdMs = ms),
    killHeld() {
      const forgotten = held.size;
      for (const timer of held) clearTimeout(timer);
      held.clear();
      return forgotten;
    },
    close: () =>
      new Promise((resolve) => {
        for (const timer of held) clearTimeout(timer);
        server.close(() => resolve());
        server.closeAllConnections();
        agent.destroy();
      }),
  };
}

function headersOf({ headers, body }: { readonly headers: IncomingMessage['headers']; readonly body: Buffer }): OutgoingHttpHeaders {
  const { 'transfer-encoding': _chunked, ...rest } = headers;
  return { ...rest, 'content-length': body.length };
}

function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => resolve(Buffer.concat(chunks)));
    incoming.on('error', reject);
  });
}

function parse(body: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
