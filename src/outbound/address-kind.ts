import ipaddr from 'ipaddr.js';

/**
 * Which addresses outside of the public internet requests may reach: none, this machine, or also private networks.
 * Addresses of the machine's surroundings, such as a cloud's metadata service, are refused with each of them.
 */
export const PRIVATE_ADDRESS_POLICIES = ['refuse', 'loopback', 'allow'] as const;
export type PrivateAddressPolicy = (typeof PRIVATE_ADDRESS_POLICIES)[number];

/** What is behind an IP address. `special`: link-local, multicast, reserved, a tunnel, or a metadata service. */
export type AddressKind = 'public' | 'loopback' | 'private' | 'special';

/** Metadata services with an address in a private range. The usual 169.254.169.254 is link-local. */
const METADATA_SERVICES = new Set(['100.100.100.200', 'fd00:ec2::254', 'fd20:ce::254']);

/** RFC 4291: the only IPv6 addresses that are assigned for the public internet. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');
/** RFC 6052: an IPv4 address is in the last 32 bits, which DNS64 writes for names without an IPv6 address. */
const NAT64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96');

const IPV4_COMPATIBLE = /^::\d+\./;

const PRIVATE_RANGES = new Set(['private', 'uniqueLocal', 'carrierGradeNat']);

/**
 * The kind of an IP address. An IPv4 address inside of an IPv6 address (mapped, NAT64) counts as itself. The tunnels
 * 6to4 and Teredo lead to IPv4 addresses as well; they are out of use and therefore special.
 *
 * @param address - an IPv4 address in four decimal parts, or an IPv6 address. Any other text is special
 */
export function addressKind(address: string): AddressKind {
  const ip = parse(address);
  if (ip === null || METADATA_SERVICES.has(ip.toString())) return 'special';
  const range = ip.range();
  if (range === 'loopback') return 'loopback';
  if (PRIVATE_RANGES.has(range)) return 'private';
  if (range !== 'unicast') return 'special';
  return ip instanceof ipaddr.IPv4 || ip.match(GLOBAL_UNICAST) ? 'public' : 'special';
}

/** Whether a request may reach an address of this kind. */
export function isPermitted(kind: AddressKind, policy: PrivateAddressPolicy): boolean {
  if (kind === 'public') return true;
  return policy === 'loopback' ? kind === 'loopback' : policy === 'allow' && kind !== 'special';
}

function parse(address: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  if (ipaddr.IPv4.isValidFourPartDecimal(address)) return ipaddr.IPv4.parse(address);
  // A zone (fe80::1%eth0) is part of a link-local address only. `ipaddr.js` reads IPv4-compatible addresses as mapped ones.
  if (!ipaddr.IPv6.isValid(address) || address.includes('%') || IPV4_COMPATIBLE.test(address)) return null;
  const ip = ipaddr.IPv6.parse(address);
  if (ip.isIPv4MappedAddress()) return ip.toIPv4Address();
  return ip.match(NAT64) ? new ipaddr.IPv4(ip.toByteArray().slice(-4)) : ip;
}
