import { createServer, type RequestListener, type Server, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { requestErrors } from '@whatpro/sdk/contract';
import { AppError, publicErrorOf } from '#platform/trpc';
import { PROBLEM_MEDIA_TYPE, problemOf } from './problem.ts';

/** A server that a slow or silly client cannot hold (SECURITY.md HT-01). Not yet listening. */
export function createHttpServer(app: RequestListener): Server {
  const server = createServer(
    {
      requestTimeout: 30_000,
      headersTimeout: 10_000,
      // Longer than the 60 s of the usual balancers, so that they close first and never write into a closing connection.
      keepAliveTimeout: 65_000,
      // Node looks at the two timeouts above only this often; its 30 s would make them 40 s (SECURITY.md M12).
      connectionsCheckingInterval: 1_000,
      maxHeaderSize: 16_384,
    },
    app,
  );
  server.maxRequestsPerSocket = 1_000;
  server.maxConnections = 10_000;
  server.on('clientError', answerClientError);
  return server;
}

/** These answers are written before there is a request that the app's headers could be set on. */
const BARE_HEADERS = [
  'Cache-Control: no-store',
  "Content-Security-Policy: default-src 'none';frame-ancestors 'none';base-uri 'none';form-action 'none'",
  'Strict-Transport-Security: max-age=31536000; includeSubDomains',
  'X-Content-Type-Options: nosniff',
];

function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
  const body = JSON.stringify(problemOf({ ...publicErrorOf(new AppError(requestErrors.malformed)), status }, ''));
  const headers = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Error'}`,
    `Content-Type: ${PROBLEM_MEDIA_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...BARE_HEADERS,
    'Connection: close',
  ];
  socket.end(`${headers.join('\r\n')}\r\n\r\n${body}`);
}
