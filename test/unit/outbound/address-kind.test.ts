import fc from 'fast-check';
import { describe, expect, test } from '@jest/globals';
import { addressKind, isPermitted } from '../../../src/outbound/address-kind';

test.each([
  ['8.8.8.8', 'public'],
  ['172.15.255.255', 'public'],
  ['172.32.0.0', 'public'],
  ['100.128.0.1', 'public'],
  ['2606:4700:4700::1111', 'public'],
  ['::ffff:8.8.8.8', 'public'],
  ['64:ff9b::808:808', 'public'],
  ['127.0.0.1', 'loopback'],
  ['127.255.255.254', 'loopback'],
  ['::1', 'loopback'],
  ['::ffff:127.0.0.1', 'loopback'],
  ['64:ff9b::127.0.0.1', 'loopback'],
  ['10.0.0.1', 'private'],
  ['172.16.0.1', 'private'],
  ['172.31.255.255', 'private'],
  ['192.168.1.1', 'private'],
  ['100.64.0.1', 'private'],
  ['fc00::1', 'private'],
  ['fdff::1', 'private'],
  ['::ffff:10.0.0.1', 'private'],
  ['::ffff:a00:1', 'private'],
  ['64:ff9b::a00:1', 'private'],
  // Metadata services of clouds.
  ['169.254.169.254', 'special'],
  ['::ffff:169.254.169.254', 'special'],
  ['64:ff9b::a9fe:a9fe', 'special'],
  ['169.254.170.2', 'special'],
  ['100.100.100.200', 'special'],
  ['192.0.0.192', 'special'],
  ['fd00:ec2::254', 'special'],
  ['fd20:ce::254', 'special'],
  // Unspecified, broadcast, multicast, link-local, reserved and documentation.
  ['0.0.0.0', 'special'],
  ['0.1.2.3', 'special'],
  ['::', 'special'],
  ['255.255.255.255', 'special'],
  ['224.0.0.1', 'special'],
  ['240.0.0.1', 'special'],
  ['192.0.2.1', 'special'],
  ['198.18.0.1', 'special'],
  ['ff02::1', 'special'],
  ['fe80::1', 'special'],
  ['fe80::1%eth0', 'special'],
  ['fec0::1', 'special'],
  ['2001:db8::1', 'special'],
  // IPv4 addresses inside of other forms: compatible, translated, 6to4, Teredo, local NAT64.
  ['::7f00:1', 'special'],
  ['::8.8.8.8', 'special'],
  ['::ffff:0:7f00:1', 'special'],
  ['2002:7f00:1::', 'special'],
  ['2002:808:808::', 'special'],
  ['2001:0:4136:e378:8000:63bf:3fff:fdd2', 'special'],
  ['64:ff9b:1::a00:1', 'special'],
  // No address in its usual form.
  ['0x7f.1', 'special'],
  ['2130706433', 'special'],
  ['0177.0.0.1', 'special'],
  ['127.1', 'special'],
  ['localhost', 'special'],
  ['', 'special'],
])('%s is %s', (address, kind) => {
  expect(addressKind(address)).toBe(kind);
});

test.each([
  ['refuse', ['public']],
  ['loopback', ['public', 'loopback']],
  ['allow', ['public', 'loopback', 'private']],
] as const)('%s permits %j', (policy, permitted) => {
  const kinds = ['public', 'loopback', 'private', 'special'] as const;
  expect(kinds.filter((kind) => isPermitted(kind, policy))).toEqual(permitted);
});

describe('for any address', () => {
  test('an IPv4 address has the same kind in its mapped and NAT64 forms', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        const kind = addressKind(address);
        expect(addressKind(`::ffff:${address}`)).toBe(kind);
        expect(addressKind(`64:ff9b::${address}`)).toBe(kind);
      }),
    );
  });

  test('only 2000::/3 and embedded IPv4 addresses are public in IPv6', () => {
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        const outside = !/^[23][\da-f]{3}:/i.test(address) && !/^(?:0{0,3}64:ff9b:|.*ffff:)/i.test(address);
        if (outside) expect(addressKind(address)).not.toBe('public');
      }),
    );
  });
});
