import { lookup } from 'node:dns/promises';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, createSecureContext, rootCertificates } from 'node:tls';
import type { buildConnector } from 'undici';
import { parseAddress } from './egress-address.ts';
import type { EgressRules, Endpoint, Resolve } from './egress-policy.ts';

const CONNECT_TIMEOUT_MS = 5_000;
const MAX_ADDRESSES = 4;
const MAX_TLS_SESSIONS = 500;

/** Opens a TCP connection to an address that was checked. Replaceable so that a test can stand in for the internet. */
export type Dial = (to: { readonly address: string; readonly port: number }) => Socket;

/** Why no connection was made. Nothing was written to the peer. */
export class ConnectFailure extends Error {
  readonly reason: 'refused' | 'dns' | 'tls' | 'timeout' | 'blocked';

  constructor(reason: ConnectFailure['reason'], detail: string) {
    super(detail);
    this.name = 'ConnectFailure';
    this.reason = reason;
  }
}

export const resolveBySystem: Resolve = async (hostname) =>
  (await lookup(hostname, { all: true, verbatim: true })).map((answer) => answer.address);

export const dialTcp: Dial = ({ address, port }) => connectTcp({ host: address, port, autoSelectFamily: false });

export const codeOf = (error: unknown): string => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[A-Z0-9_]{2,60}$/.test(code) ? code : 'no code';
};

/** Settles with the socket's `event`, an error, or a timeout; the socket is destroyed unless it opened. */
function opened(socket: Socket, event: 'connect' | 'secureConnect', deadline: number, failure: 'refused' | 'tls'): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: ConnectFailure): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(error);
    };
    const timer = setTimeout(() => fail(new ConnectFailure('timeout', 'no connection in time')), Math.max(0, deadline - performance.now()));
    socket.once(event, () => {
      clearTimeout(timer);
      resolve();
    });
    const what = failure === 'tls' ? 'TLS failed' : 'no connection';
    // Stays for the life of the socket: an error between two owners must not bring the process down.
    socket.on('error', (error) => {
      const code = codeOf(error);
      fail(new ConnectFailure(code === 'ETIMEDOUT' ? 'timeout' : failure, `${what} (${code})`));
    });
    socket.once('close', () => fail(new ConnectFailure(failure, `${what} (closed)`)));
  });
}

function inTime<T>(work: Promise<T>, deadline: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new ConnectFailure('timeout', 'no name answer in time')),
      Math.max(0, deadline - performance.now()),
    );
    void work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

export interface Ways {
  readonly resolve: Resolve;
  readonly dial: Dial;
  /** PEM certificates trusted besides the usual ones. */
  readonly extraCertificates: readonly string[];
}

export function createConnector(rules: EgressRules, { resolve, dial, extraCertificates }: Ways): buildConnector.connector {
  const secureContext = createSecureContext(extraCertificates.length > 0 ? { ca: [...rootCertificates, ...extraCertificates] } : {});
  const sessions = new Map<string, Buffer>();

  async function addressesOf(target: Endpoint): Promise<readonly string[]> {
    const literal = parseAddress(target.hostname);
    const answers = literal
      ? [literal.toString()]
      : await resolve(target.hostname).catch((error: unknown) => {
          throw new ConnectFailure('dns', `name not resolved (${codeOf(error)})`);
        });
    if (answers.length === 0) throw new ConnectFailure('dns', 'name has no address');
    const checked = new Set<string>();
    for (const answer of answers) {
      const verdict = await rules.admits(target, answer);
      if (!verdict.ok) throw new ConnectFailure('blocked', verdict.why);
      checked.add(verdict.value);
    }
    return [...checked].slice(0, MAX_ADDRESSES);
  }

  async function dialChecked(address: string, port: number, deadline: number): Promise<Socket> {
    const socket = dial({ address, port });
    await opened(socket, 'connect', deadline, 'refused');
    if (parseAddress(socket.remoteAddress ?? '')?.toString() !== address) {
      socket.destroy();
      throw new ConnectFailure('blocked', 'connected elsewhere than checked');
    }
    return socket.setNoDelay(true).setKeepAlive(true, 60_000);
  }

  async function dialFirst(addresses: readonly string[], port: number, deadline: number): Promise<Socket> {
    let last = new ConnectFailure('refused', 'no address');
    for (const [index, address] of addresses.entries()) {
      const share = (deadline - performance.now()) / (addresses.length - index);
      try {
        return await dialChecked(address, port, performance.now() + share);
      } catch (error) {
        if (!(error instanceof ConnectFailure) || error.reason === 'blocked') throw error;
        last = error;
      }
    }
    throw last;
  }

  async function secure(socket: Socket, target: Endpoint, deadline: number): Promise<Socket> {
    const key = `${target.hostname}:${target.port}`;
    const session = sessions.get(key);
    const isLiteral = parseAddress(target.hostname) !== undefined;
    const tls = connectTls({
      socket,
      secureContext,
      host: target.hostname,
      ...(isLiteral ? {} : { servername: target.hostname }),
      ...(session ? { session } : {}),
      ALPNProtocols: ['http/1.1'],
    });
    tls.on('session', (fresh) => {
      sessions.delete(key);
      sessions.set(key, fresh);
      const oldest = sessions.keys().next();
      if (sessions.size > MAX_TLS_SESSIONS && !oldest.done) sessions.delete(oldest.value);
    });
    await opened(tls, 'secureConnect', deadline, 'tls');
    return tls;
  }

  async function open(target: Endpoint): Promise<Socket> {
    const deadline = performance.now() + CONNECT_TIMEOUT_MS;
    const addresses = await inTime(addressesOf(target), deadline);
    const socket = await dialFirst(addresses, target.port, deadline);
    return target.secure ? secure(socket, target, deadline) : socket;
  }

  return ({ hostname, protocol, port }, callback) => {
    const isSecure = protocol === 'https:';
    open({ hostname, secure: isSecure, port: port ? Number(port) : isSecure ? 443 : 80 }).then(
      (socket) => callback(null, socket),
      (error: unknown) => callback(error instanceof Error ? error : new Error('connect failed'), null),
    );
  };
}
