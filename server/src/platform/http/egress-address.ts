import { networkInterfaces } from 'node:os';
import ipaddr from 'ipaddr.js';

export type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Cidr = [Address, number];

/** Reachable only through a host or range that the operator listed. */
const OPERATOR_RANGES = new Set(['private', 'uniqueLocal', 'carrierGradeNat', 'reserved', 'benchmarking', 'unicast']);

/**
 * Metadata services outside 169.254/16: AWS over IPv6, Alibaba, Azure WireServer (which is a public unicast address).
 */
const METADATA = new Set(['fd00:ec2::254', '100.100.100.200', '168.63.129.16']);

/** Drops the brackets a URL puts around IPv6 and turns IPv4-mapped addresses into IPv4. */
export function parseAddress(text: string): Address | undefined {
  const bare = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
  return ipaddr.isValid(bare) ? ipaddr.process(bare) : undefined;
}

export function parseCidr(text: string): Cidr {
  if (!ipaddr.isValidCIDR(text)) throw new Error(`not an address range: ${text}`);
  return ipaddr.parseCIDR(text);
}

export const inRange = (address: Address, [network, bits]: Cidr): boolean =>
  network.kind() === address.kind() && address.match(network, bits);

/** `::127.0.0.1` and other unassigned IPv6 space count as unicast in ipaddr.js; global unicast is 2000::/3 only. */
const GLOBAL_V6 = parseCidr('2000::/3');

export const isPublic = (address: Address): boolean =>
  address.range() === 'unicast' && !METADATA.has(address.toString()) && (address.kind() === 'ipv4' || inRange(address, GLOBAL_V6));

/** No setting opens these: link-local and metadata, any/broadcast/multicast, and IPv6 forms that carry an IPv4 address. */
export function isNeverAllowed(address: Address): boolean {
  if (METADATA.has(address.toString())) return true;
  const range = address.range();
  if (range === 'unicast') return !isPublic(address);
  return range !== 'loopback' && !OPERATOR_RANGES.has(range);
}

export const isLoopback = (address: Address): boolean => address.range() === 'loopback';

/** A range made of loopback only; a wider range does not open loopback by accident. */
export const isLoopbackCidr = ([network, bits]: Cidr): boolean => isLoopback(network) && bits >= (network.kind() === 'ipv4' ? 8 : 128);

/** Loopback or one of this machine's own addresses: they all reach a service that listens on every interface. */
export function isThisMachine(address: Address): boolean {
  if (isLoopback(address)) return true;
  const own = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return own.some((entry) => parseAddress(entry.address)?.toString() === address.toString());
}
