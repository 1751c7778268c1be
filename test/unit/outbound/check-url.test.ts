import fc from 'fast-check';
import { expect, test } from '@jest/globals';
import { checkUrl } from '../../../src/outbound/check-url';

const NOT_PUBLIC = 'must lead to a public internet address, not to a private network or this machine';
const NOT_HTTPS = 'must begin with https://';

test.each([
  ['https://hooks.acme.example/in?team=1', null],
  ['https://hooks.acme.example:8443/', null],
  ['https://8.8.8.8/', null],
  ['https://[2606:4700:4700::1111]/', null],
  ['http://hooks.acme.example/', NOT_HTTPS],
  ['ftp://hooks.acme.example/', NOT_HTTPS],
  ['file:///etc/passwd', 'must be a URL, such as https://example.com/hooks/meetings'],
  ['hooks.acme.example', 'must be a URL, such as https://example.com/hooks/meetings'],
  ['', 'must be a URL, such as https://example.com/hooks/meetings'],
  [`https://acme.example/${'a'.repeat(2_048)}`, 'must have at most 2,048 characters'],
  ['https://user:secret@acme.example/', 'must not contain a user name or a password'],
  ['https://acme.example:22/', 'must use port 443, or a port from 1024 on'],
  ['https://acme.example:80/', 'must use port 443, or a port from 1024 on'],
  ['https://localhost/', NOT_PUBLIC],
  ['https://LOCALHOST./', NOT_PUBLIC],
  ['https://hooks.localhost/', NOT_PUBLIC],
  ['https://127.0.0.1/', NOT_PUBLIC],
  ['https://127.0.0.1./', NOT_PUBLIC],
  ['https://127.1/', NOT_PUBLIC],
  ['https://0x7f.1/', NOT_PUBLIC],
  ['https://0177.0.0.1/', NOT_PUBLIC],
  ['https://2130706433/', NOT_PUBLIC],
  ['https://１２７.０.０.１/', NOT_PUBLIC],
  ['https://[::1]/', NOT_PUBLIC],
  ['https://[::ffff:127.0.0.1]/', NOT_PUBLIC],
  ['https://[64:ff9b::7f00:1]/', NOT_PUBLIC],
  ['https://0.0.0.0/', NOT_PUBLIC],
  ['https://169.254.169.254/latest/meta-data/', NOT_PUBLIC],
  ['https://0xa9fea9fe/', NOT_PUBLIC],
  ['https://10.1.2.3/', NOT_PUBLIC],
])('%s: %s', (url, problem) => {
  expect(checkUrl(url, 'refuse').problem).toBe(problem);
});

test.each([
  ['loopback', 'http://127.0.0.1:4000/', null],
  ['loopback', 'http://localhost:4000/', null],
  ['loopback', 'https://localhost:4000/', null],
  ['loopback', 'http://10.1.2.3:4000/', NOT_PUBLIC],
  ['loopback', 'http://8.8.8.8:4000/', NOT_HTTPS],
  ['loopback', 'https://169.254.169.254/', NOT_PUBLIC],
  ['allow', 'http://10.1.2.3:4000/', null],
  ['allow', 'http://8.8.8.8:4000/', NOT_HTTPS],
  ['allow', 'http://169.254.169.254:8080/', NOT_PUBLIC],
  ['allow', 'http://0.0.0.0:4000/', NOT_PUBLIC],
] as const)('with %s, %s: %s', (policy, url, problem) => {
  expect(checkUrl(url, policy).problem).toBe(problem);
});

test('no spelling of a loopback address passes', () => {
  const part = fc.nat(255);
  fc.assert(
    fc.property(part, part, part, fc.constantFrom(10, 8, 16), (a, b, c, base) => {
      const spelled = (value: number) =>
        base === 10 ? String(value) : (base === 8 ? '0' : '0x') + value.toString(base);
      const whole = 127 * 2 ** 24 + a * 2 ** 16 + b * 2 ** 8 + c;
      const hosts = [
        [127, a, b, c].map(spelled).join('.'),
        spelled(whole),
        `${spelled(127)}.${spelled(whole % 2 ** 24)}`,
      ];
      for (const host of hosts) expect(checkUrl(`https://${host}/`, 'refuse').problem).toBe(NOT_PUBLIC);
    }),
  );
});
