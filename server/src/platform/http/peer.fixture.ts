import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer, type Socket } from 'node:net';
import type { EgressPolicy } from './egress-policy.ts';

export const NOTHING_ALLOWED: EgressPolicy = { allowHosts: [], allowCidrs: [], denyAddresses: [], httpAllowed: false };
export const LOOPBACK_ALLOWED: EgressPolicy = { ...NOTHING_ALLOWED, allowCidrs: ['127.0.0.0/8'] };

export interface Peer extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  readonly connections: () => number;
  readonly bytes: () => number;
  readonly text: () => string;
}

function listening(server: Server | TcpServer): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

async function watch(server: Server | TcpServer): Promise<Peer> {
  const sockets = new Set<Socket>();
  const received: Buffer[] = [];
  let connections = 0;
  server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    socket.prependListener('data', (chunk: Buffer) => received.push(chunk));
  });
  const port = await listening(server);
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    connections: () => connections,
    bytes: () => received.reduce((sum, chunk) => sum + chunk.length, 0),
    text: () => Buffer.concat(received).toString('latin1'),
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export const httpPeer = (listener: RequestListener): Promise<Peer> => watch(createServer(listener));

/** Answers nothing by itself; what it received is counted. */
export const tcpPeer = (onSocket: (socket: Socket) => void = () => undefined): Promise<Peer> => watch(createTcpServer(onSocket));
