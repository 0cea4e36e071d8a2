import type { ServerResponse } from 'node:http';

/** Server-sent events to the sandbox page. A reader that does not keep up is cut off; it reloads what it shows. */
export interface ChangeStream {
  open(response: ServerResponse): void;
  send(change: { readonly type: string } & Readonly<Record<string, unknown>>): void;
  close(): void;
}

const MOST_READERS = 100;
const MOST_WAITING_BYTES = 1_048_576;
const HEARTBEAT_MS = 20_000;

export function createChangeStream(): ChangeStream {
  const readers = new Set<ServerResponse>();
  let heartbeat: NodeJS.Timeout | null = null;

  const write = (text: string): void => {
    for (const reader of readers) {
      if (reader.writableLength > MOST_WAITING_BYTES) reader.destroy();
      else reader.write(text);
    }
  };

  return {
    open(response) {
      if (readers.size >= MOST_READERS) {
        response.writeHead(503).end();
        return;
      }
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
      response.write(': open\n\n');
      readers.add(response);
      response.on('close', () => readers.delete(response));
      heartbeat ??= setInterval(() => write(': still here\n\n'), HEARTBEAT_MS).unref();
    },
    send(change) {
      if (readers.size > 0) write(`event: ${change.type}\ndata: ${JSON.stringify(change)}\n\n`);
    },
    close() {
      if (heartbeat !== null) clearInterval(heartbeat);
      for (const reader of readers) reader.end();
      readers.clear();
    },
  };
}
