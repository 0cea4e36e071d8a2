import { isIP } from 'node:net';
import {
  type Address,
  inRange,
  isLoopback,
  isLoopbackCidr,
  isNeverAllowed,
  isPublic,
  isThisMachine,
  parseAddress,
  parseCidr,
} from './egress-address.ts';

/**
 * Where requests may go. With empty lists: https to public addresses on port 443 only.
 * Link-local, metadata and `denyAddresses` stay closed whatever is listed; loopback opens only when named as such
 * (`localhost`, `127.0.0.1`, `127.0.0.0/8`).
 */
export interface EgressPolicy {
  /** Exact host names or addresses, with a port (`name:port`) or for any, that the operator vouches for: private answers, plain http and any port are let through. */
  readonly allowHosts: readonly string[];
  /** Address ranges the operator vouches for, in the same way. */
  readonly allowCidrs: readonly string[];
  /** The Hub's own database and Redis. */
  readonly denyAddresses: readonly { readonly host: string; readonly port: number }[];
  /** Plain http to public addresses on port 80. */
  readonly httpAllowed: boolean;
}

/** All addresses of a name; rejects when there is none. */
export type Resolve = (hostname: string) => Promise<readonly string[]>;

export interface Endpoint {
  /** Lower case; IPv6 without brackets. */
  readonly hostname: string;
  readonly port: number;
  readonly secure: boolean;
}

export interface Target extends Endpoint {
  readonly url: URL;
}

export type Verdict<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly why: string };

export interface EgressRules {
  /** What can be said from the URL alone. */
  target(url: string): Verdict<Target>;
  /** Whether a connection for this target may be opened to this address. */
  admits(target: Endpoint, address: string): Promise<Verdict<string>>;
}

const DENIED_NAMES = ['localhost', 'local', 'internal', 'arpa'];

const no = (why: string): { readonly ok: false; readonly why: string } => ({ ok: false, why });
const yes = <T>(value: T): Verdict<T> => ({ ok: true, value });

/** Without the trailing dot of a fully qualified name and without the brackets of an IPv6 literal. */
const bareHost = (url: URL): string => url.hostname.replace(/\.+$/, '').replace(/^\[(.*)\]$/, '$1');

interface HostEntry {
  readonly hostname: string;
  /** Null: any port. */
  readonly port: number | null;
}

function hostEntry(entry: string): HostEntry {
  const text = isIP(entry) === 6 ? `[${entry}]` : entry;
  const url = URL.canParse(`ws://${text}`) ? new URL(`ws://${text}`) : undefined;
  if (url === undefined || url.pathname !== '/' || url.username !== '' || url.search !== '') throw new Error(`not a host name: ${entry}`);
  const port = /:(\d+)$/.exec(isIP(entry) === 6 ? '' : text)?.[1];
  return { hostname: bareHost(url), port: port === undefined ? null : Number(port) };
}

export function compilePolicy(policy: EgressPolicy, resolve: Resolve): EgressRules {
  const hosts = policy.allowHosts.map(hostEntry);
  const allows = (hostname: string, port: number): boolean =>
    hosts.some((host) => host.hostname === hostname && (host.port === null || host.port === port));
  const cidrs = policy.allowCidrs.map(parseCidr);
  const loopbackCidrs = cidrs.filter(isLoopbackCidr);

  function target(text: string): Verdict<Target> {
    if (!URL.canParse(text)) return no('not a valid address');
    const url = new URL(text);
    if (url.protocol !== 'https:' && url.protocol !== 'http:') return no('scheme not allowed');
    if (url.username !== '' || url.password !== '') return no('user information in the address');
    const hostname = bareHost(url);
    if (hostname === '') return no('not a valid address');
    if (url.hostname.endsWith('.')) url.hostname = hostname;
    const denied = DENIED_NAMES.some((name) => hostname === name || hostname.endsWith(`.${name}`));
    const secure = url.protocol === 'https:';
    const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port);
    if (denied && !allows(hostname, port)) return no('host name not allowed');
    return yes({ url, hostname, secure, port });
  }

  function vouchedFor({ hostname, port }: Endpoint, address: Address): boolean {
    if (isLoopback(address)) {
      const namedAsLoopback = allows(hostname, port) && (hostname === 'localhost' || parseAddress(hostname) !== undefined);
      return namedAsLoopback || loopbackCidrs.some((cidr) => inRange(address, cidr));
    }
    return allows(hostname, port) || cidrs.some((cidr) => inRange(address, cidr));
  }

  /** Fails closed: a deny entry that cannot be resolved now blocks its whole port. */
  async function isOwnService(address: Address, port: number): Promise<boolean> {
    for (const entry of policy.denyAddresses) {
      if (entry.port !== port) continue;
      const literal = parseAddress(entry.host);
      const answers = literal ? [entry.host] : await resolve(entry.host).catch(() => undefined);
      if (answers === undefined) return true;
      for (const answer of answers) {
        const own = parseAddress(answer);
        if (own === undefined || own.toString() === address.toString()) return true;
        if (isThisMachine(own) && isThisMachine(address)) return true;
      }
    }
    return false;
  }

  async function admits(to: Endpoint, text: string): Promise<Verdict<string>> {
    const address = parseAddress(text);
    if (address === undefined) return no('not a valid address');
    if (isNeverAllowed(address)) return no('address not allowed');
    if (await isOwnService(address, to.port)) return no('address not allowed');
    if (vouchedFor(to, address)) return yes(address.toString());
    if (!isPublic(address)) return no('address not allowed');
    if (!to.secure && !policy.httpAllowed) return no('plain http not allowed');
    if (to.port !== (to.secure ? 443 : 80)) return no('port not allowed');
    return yes(address.toString());
  }

  return { target, admits };
}
