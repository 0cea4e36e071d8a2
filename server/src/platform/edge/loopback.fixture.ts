import { type AddressInfo, connect } from 'node:net';
import type { Server } from 'node:http';

export interface Loopback {
  readonly origin: string;
  readonly port: number;
  /** Sends bytes as they are and gives all that comes back. */
  raw(request: string): Promise<string>;
  close(): Promise<void>;
}

export async function listen(server: Server): Promise<Loopback> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    origin: `http://127.0.0.1:${port}`,
    raw: (request) =>
      new Promise((resolve, reject) => {
        const socket = connect(port, '127.0.0.1', () => socket.end(request));
        let answer = '';
        socket.setEncoding('utf8').on('data', (text: string) => (answer += text));
        socket.on('close', () => resolve(answer)).on('error', reject);
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
