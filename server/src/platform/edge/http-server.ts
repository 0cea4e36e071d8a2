import { createServer, type RequestListener, type Server } from 'node:http';
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

function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
  const body = JSON.stringify(problemOf({ ...publicErrorOf(new AppError(requestErrors.malformed)), status }, ''));
  socket.end(
    `HTTP/1.1 ${status} Bad Request\r\nContent-Type: ${PROBLEM_MEDIA_TYPE}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
