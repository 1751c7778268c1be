import { readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { OutboundHttp, type OutboundOptions } from '../../../src/outbound/outbound-http';

const TLS = path.resolve(__dirname, '../../fixtures/tls');
const certificate = readFileSync(path.join(TLS, 'certificate.pem'), 'utf8');
const key = readFileSync(path.join(TLS, 'key.pem'), 'utf8');

const NOT_PUBLIC = 'must lead to a public internet address, not to a private network or this machine';
const HELLO = { headers: { 'content-type': 'application/json' }, body: '{"text":"¡Hola!"}' };

const servers: Server[] = [];
const received: { url: string; headers: Record<string, unknown>; body: string }[] = [];

afterEach(async () => {
  received.length = 0;
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** A receiver that notes each request. @returns its port */
async function receiver(answer: RequestListener, secure = false): Promise<number> {
  const listener: RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({
        url: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString('utf8'),
      });
      answer(request, response);
    });
  };
  const server = secure ? createSecureServer({ cert: certificate, key }, listener) : createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
}

const respond =
  (status: number, body = '', headers = {}): RequestListener =>
  (_request, response) => {
    response.writeHead(status, headers).end(body);
  };

function http(options: Partial<OutboundOptions> = {}): OutboundHttp {
  return new OutboundHttp({ privateAddresses: 'loopback', ...options });
}

/** A resolver with one list of addresses for each look-up, the last one for all further ones. */
function resolver(...answers: string[][]) {
  const asked: string[] = [];
  const resolve = (host: string) => {
    asked.push(host);
    const addresses = answers[Math.min(asked.length, answers.length) - 1] ?? [];
    return Promise.resolve(addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));
  };
  return { asked, resolve };
}

test('a body reaches the receiver, and the beginning of its answer comes back', async () => {
  const port = await receiver(respond(202, 'x'.repeat(100_000)));
  const outcome = await http().post(`http://127.0.0.1:${port}/in?team=1`, HELLO);
  expect(outcome).toEqual({ outcome: 'delivered', status: 202, body: 'x'.repeat(16_384), ms: expect.any(Number) });
  expect(received).toEqual([
    {
      url: '/in?team=1',
      body: HELLO.body,
      headers: expect.objectContaining({
        'content-type': 'application/json',
        'content-length': '18',
        'user-agent': 'hubspot-meeting-sync',
        connection: 'close',
      }),
    },
  ]);
});

test('over https with a valid certificate, for the name and not for the address', async () => {
  const port = await receiver(respond(200, 'ok'), true);
  const { resolve, asked } = resolver(['127.0.0.1']);
  const outcome = await http({ resolve, ca: certificate }).post(`https://receiver.example:${port}/`, HELLO);
  expect(outcome).toMatchObject({ outcome: 'delivered', body: 'ok' });
  expect(received[0]?.headers['host']).toBe(`receiver.example:${port}`);
  // The addresses that were checked are those of the connection: a second look-up could return others.
  expect(asked).toEqual(['receiver.example']);
});

test.each([
  [429, { 'retry-after': '30' }, '30'],
  [503, {}, null],
])('status %i is a failure with what the receiver says', async (status, headers, retryAfter) => {
  const port = await receiver(respond(status, 'later', headers));
  expect(await http().post(`http://127.0.0.1:${port}/`, HELLO)).toMatchObject({
    outcome: 'failed',
    cause: 'http_status',
    status,
    retryAfter,
    body: 'later',
  });
});

test.each([301, 302, 303, 307, 308])('a redirect (%i) is not followed', async (status) => {
  const target = await receiver(respond(200));
  const port = await receiver(respond(status, '', { location: `http://127.0.0.1:${target}/` }));
  expect(await http().post(`http://127.0.0.1:${port}/`, HELLO)).toMatchObject({
    outcome: 'failed',
    cause: 'http_status',
    status,
  });
  expect(received).toHaveLength(1);
});

test.each([
  ['one private address', ['10.0.0.1']],
  ['a public and a private address', ['93.184.215.14', '10.0.0.1']],
  ['a metadata service', ['169.254.169.254']],
  ['a mapped loopback address', ['::ffff:127.0.0.1']],
  ['no known form of an address', ['0x7f.1']],
])('a name that leads to %s is refused', async (_what, addresses) => {
  const { resolve } = resolver(addresses);
  const outbound = http({ resolve, privateAddresses: 'refuse' });
  expect(await outbound.problemOf('https://receiver.example/')).toBe(NOT_PUBLIC);
  expect(await outbound.post('https://receiver.example/', HELLO)).toMatchObject({
    outcome: 'failed',
    cause: 'refused_address',
    detail: 'receiver.example does not lead to a public internet address.',
  });
});

test('a name that was public when it was saved is refused once it leads into the network', async () => {
  const port = await receiver(respond(200), true);
  const { resolve } = resolver(['93.184.215.14'], ['127.0.0.1']);
  const outbound = http({ resolve, privateAddresses: 'refuse', ca: certificate });
  expect(await outbound.problemOf(`https://receiver.example:${port}/`)).toBeNull();
  expect(await outbound.post(`https://receiver.example:${port}/`, HELLO)).toMatchObject({ cause: 'refused_address' });
  expect(received).toEqual([]);
});

test('plain http never leaves for a public address', async () => {
  const { resolve } = resolver(['93.184.215.14']);
  const outbound = http({ resolve });
  expect(await outbound.problemOf('http://receiver.example/')).toBe(NOT_PUBLIC);
  expect(await outbound.post('http://receiver.example/', HELLO)).toMatchObject({ cause: 'refused_address' });
});

test('an address that its text rules out is refused without a connection', async () => {
  const port = await receiver(respond(200));
  const outcome = await http({ privateAddresses: 'refuse' }).post(`https://127.0.0.1:${port}/`, HELLO);
  expect(outcome).toMatchObject({ cause: 'refused_address', detail: `The address ${NOT_PUBLIC}.` });
  expect(received).toEqual([]);
});

test('a name without an address can be saved, and its request fails', async () => {
  const resolve = () => Promise.reject(Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' }));
  const outbound = http({ resolve });
  expect(await outbound.problemOf('https://receiver.example/')).toBeNull();
  expect(await outbound.post('https://receiver.example/', HELLO)).toMatchObject({ cause: 'unknown_host' });
});

test('a receiver that does not answer times out', async () => {
  const port = await receiver(() => undefined);
  expect(await http({ timeoutMs: 50 }).post(`http://127.0.0.1:${port}/`, HELLO)).toMatchObject({
    outcome: 'failed',
    cause: 'timeout',
    detail: 'No answer came within 0.05 seconds.',
  });
});

test('a receiver whose answer does not end is delivered with the part that came', async () => {
  const port = await receiver((_request, response) => {
    response.writeHead(200).write('begun');
  });
  const outcome = await http({ timeoutMs: 500 }).post(`http://127.0.0.1:${port}/`, HELLO);
  expect(outcome).toMatchObject({ outcome: 'delivered', body: 'begun' });
});

test('a certificate that is not trusted, and a receiver without TLS', async () => {
  const { resolve } = resolver(['127.0.0.1']);
  const secure = await receiver(respond(200), true);
  const plain = await receiver(respond(200));
  for (const port of [secure, plain])
    expect(await http({ resolve }).post(`https://receiver.example:${port}/`, HELLO)).toMatchObject({ cause: 'tls' });
  expect(received).toEqual([]);
});

test('a certificate of another name', async () => {
  const { resolve } = resolver(['127.0.0.1']);
  const port = await receiver(respond(200), true);
  const outcome = await http({ resolve, ca: certificate }).post(`https://other.example:${port}/`, HELLO);
  expect(outcome).toMatchObject({ cause: 'tls' });
});

test('a receiver that is away, or closes the connection', async () => {
  const port = await receiver((request) => request.socket.destroy());
  expect(await http().post(`http://127.0.0.1:${port}/`, HELLO)).toMatchObject({ cause: 'connection' });
  await new Promise((resolve) => servers.pop()?.close(resolve));
  expect(await http().post(`http://127.0.0.1:${port}/`, HELLO)).toMatchObject({
    cause: 'connection',
    detail: 'The connection failed (ECONNREFUSED).',
  });
});
