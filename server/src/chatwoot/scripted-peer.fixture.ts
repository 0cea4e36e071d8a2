import { createServer, type IncomingMessage } from 'node:http';
import { systemClock } from '#platform/clock';
import { Secret } from '#platform/crypto';
import { createHttpClient } from '#platform/http';
import type { ChatwootClient } from './chatwoot-client.ts';
import { createChatwootClient } from './create-chatwoot-client.ts';

export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** `drop`: the request is read, then the socket closed. `hang`: no answer. */
export type Scripted =
  | { readonly status: number; readonly json?: unknown; readonly text?: string; readonly headers?: Record<string, string> }
  | 'drop'
  | 'hang';

export interface ScriptedPeer {
  readonly url: string;
  readonly client: ChatwootClient;
  readonly asked: Asked[];
  close(): Promise<void>;
}

export const TOKEN = 'token-that-must-not-leak';

/** For tests: a real HTTP server that answers as told, request by request; the last answer repeats. */
export async function scriptedPeer(...script: readonly Scripted[]): Promise<ScriptedPeer> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const answer = script[Math.min(asked.length, script.length - 1)] ?? 'drop';
      asked.push({
        method: request.method ?? '',
        url: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      });
      if (answer === 'hang') return;
      if (answer === 'drop') {
        request.socket.destroy();
        return;
      }
      const type = answer.text === undefined ? 'application/json' : 'text/html';
      response.writeHead(answer.status, { 'content-type': type, ...answer.headers });
      response.end(answer.text ?? JSON.stringify(answer.json ?? {}));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  const http = createHttpClient({
    policy: { allowHosts: [], allowCidrs: ['127.0.0.0/8'], denyAddresses: [], httpAllowed: false },
    userAgent: 'test',
  });
  return {
    url,
    asked,
    client: createChatwootClient({ http, clock: systemClock, baseUrl: `${url}/`, chatwootAccountId: 3, token: new Secret(TOKEN) }),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await http.close();
    },
  };
}
