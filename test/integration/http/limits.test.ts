import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { createWorkspace } from '../../../src/store/access/workspaces';
import { meeting } from '../../support/meetings';
import { startHttpStack, type HttpStack } from './support';

let stack: HttpStack;
afterEach(async () => {
  await stack.close();
});

const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});

/** Sends the beginning of a request. @returns its socket */
async function begin(head: readonly string[], body = ''): Promise<Socket> {
  const socket = connect(Number(new URL(stack.config.publicUrl).port), '127.0.0.1');
  socket.on('error', () => undefined);
  sockets.push(socket);
  await once(socket, 'connect');
  socket.write(`${[...head, 'Host: localhost', '', ''].join('\r\n')}${body}`);
  return socket;
}

/** The status of the answer, once the connection is closed. A write that comes too late for the server is no failure. */
const statusOf = async (socket: Socket) => {
  let answer = '';
  socket.on('data', (data) => (answer += String(data)));
  await new Promise((resolve) => socket.once('close', resolve));
  return Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);
};
/** The first data, without waiting for the end of the connection. */
const answerTo = async (socket: Socket) => String((await once(socket, 'data'))[0]);

const plausible = () => [
  `X-HubSpot-Signature-v3: ${createHmac('sha256', 'guess').update(randomBytes(8)).digest('base64')}`,
  `X-HubSpot-Request-Timestamp: ${Date.now()}`,
];

test('Wrong keys are limited by address; a key in use and other addresses are not affected', async () => {
  stack = await startHttpStack({ ownLimits: { refusalsPerMinute: 20 } });
  expect((await stack.call('GET', '/api/v1/connection')).statusCode).toBe(200);
  const statuses: number[] = [];
  for (let tries = 0; tries < 300; tries += 1)
    statuses.push((await stack.call('GET', '/api/v1/connection', undefined, `wrong-${tries}`)).statusCode);
  expect(statuses.filter((status) => status === 401)).toHaveLength(20);
  expect(statuses.filter((status) => status === 429)).toHaveLength(280);
  const refused = await stack.call('GET', '/api/v1/connection', undefined, 'wrong');
  expect(refused.headers['content-type']).toMatch('application/problem+json');
  expect(refused.json()).toMatchObject({ status: 429, type: expect.stringContaining('#too-many-requests') });
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(60);
  expect((await stack.app.inject({ url: '/api/v1/connection' })).statusCode).toBe(429);
  expect((await stack.call('GET', '/api/v1/connection')).statusCode).toBe(200);
  const elsewhere = { authorization: 'Bearer wrong' };
  const other = await stack.app.inject({ url: '/api/v1/connection', headers: elsewhere, remoteAddress: '10.1.1.1' });
  expect(other.statusCode).toBe(401);
  // A valid key that was not used before is refused, too. Otherwise a guesser would learn that it is valid.
  const { apiKey } = await createWorkspace(stack.product.db, 'Other');
  expect((await stack.call('GET', '/api/v1/connection', undefined, apiKey)).statusCode).toBe(429);
});

test('Addresses of one IPv6 network count as one', async () => {
  stack = await startHttpStack({ ownLimits: { refusalsPerMinute: 5 } });
  const tries = Array.from({ length: 8 }, (_, index) => `2001:db8:1:2:${index}::${index}`);
  const statuses = [];
  for (const remoteAddress of tries)
    statuses.push((await stack.app.inject({ url: '/api/v1/keys', remoteAddress })).statusCode);
  expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429, 429]);
  const elsewhere = await stack.app.inject({ url: '/api/v1/keys', remoteAddress: '2001:db8:1:3::1' });
  expect(elsewhere.statusCode).toBe(401);
});

test('Guessed sign-in links and forged signatures are limited separately', async () => {
  stack = await startHttpStack({ ownLimits: { refusalsPerMinute: 5 } });
  const open = async (url: string) => (await stack.app.inject({ url, headers: { accept: 'text/html' } })).statusCode;
  for (const path of ['/sign-in?token=x', '/invitation?token=x', '/sign-in?token=y', '/sign-in?token=', '/invitation'])
    expect(await open(path)).toBe(401);
  for (const path of ['/sign-in?token=z', '/invitation?token=z']) expect(await open(path)).toBe(429);
  const card = '/hubspot/card?portalId=1&objectTypeId=0-1&recordId=1';
  const statuses = [];
  for (let tries = 0; tries < 7; tries += 1) statuses.push(await open(card));
  expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429]);
  expect((await stack.call('GET', '/api/v1/keys')).statusCode).toBe(200);
});

test('The limits of calls and bytes count for each workspace separately', async () => {
  stack = await startHttpStack({ ownLimits: { megabytesPerMinute: 1 } });
  const large = { ...meeting({ meetingId: 'large' }), summary: { overview: 'x'.repeat(400_000) } };
  const statuses = [];
  for (let tries = 0; tries < 4; tries += 1)
    statuses.push((await stack.call('POST', '/api/v1/meetings', { ...large, title: `${tries}` })).statusCode);
  expect(statuses).toEqual([202, 202, 429, 429]);
  const { apiKey } = await createWorkspace(stack.product.db, 'Other');
  expect((await stack.call('POST', '/api/v1/meetings', large, apiKey)).statusCode).toBe(202);
});

test('More calls than a second allows get 429 with Retry-After', async () => {
  stack = await startHttpStack({ ownLimits: { callsPerSecond: 3 } });
  const answers = await Promise.all(Array.from({ length: 12 }, () => stack.call('GET', '/api/v1/keys')));
  const refused = answers.filter(({ statusCode }) => statusCode === 429);
  expect(refused.length).toBeGreaterThan(0);
  for (const { headers } of refused) expect(headers['retry-after']).toBe('1');
});

test("A webhook's headers are checked before its body is read", async () => {
  stack = await startHttpStack({ listen: true });
  const head = (...headers: string[]) => ['POST /webhooks/hubspot HTTP/1.1', 'Content-Length: 1000', ...headers];
  const [signature = '', timestamp = ''] = plausible();
  for (const headers of [
    [],
    [signature],
    [timestamp],
    [signature, 'X-HubSpot-Request-Timestamp: 1'],
    [signature, `X-HubSpot-Request-Timestamp: ${Date.now() - 301_000}`],
    ['X-HubSpot-Signature-v3: short', timestamp],
  ])
    expect(await answerTo(await begin(head(...headers)))).toMatch(/^HTTP\/1\.1 401 /);
  const large = ['POST /webhooks/hubspot HTTP/1.1', 'Content-Length: 2000000', signature, timestamp];
  expect(await answerTo(await begin(large))).toMatch(/^HTTP\/1\.1 413 /);
});

test('Unfinished webhooks take little memory, time out, and leave room for others', async () => {
  stack = await startHttpStack({ listen: true });
  const waiting = await Promise.all(
    Array.from({ length: 100 }, async () =>
      begin(['POST /webhooks/hubspot HTTP/1.1', 'Content-Length: 1000000', ...plausible()], 'x'.repeat(1_000)),
    ),
  );
  const statuses = await Promise.all(waiting.map(async (socket) => Number((await answerTo(socket)).slice(9, 12))));
  // Bodies of one address may have sixteen megabytes at once. The others are refused without waiting for the five
  // seconds.
  expect(statuses.filter((status) => status === 408)).toHaveLength(16);
  expect(statuses.filter((status) => status === 429)).toHaveLength(84);
  expect((await fetch(`${stack.config.publicUrl}/healthz`)).status).toBe(200);
});

test('A body that arrives too slowly times out, and its connection is closed', async () => {
  stack = await startHttpStack({ listen: true });
  const [first, second] = await Promise.all([
    begin(['POST /webhooks/hubspot HTTP/1.1', 'Transfer-Encoding: chunked', ...plausible()], '1\r\nx\r\n'),
    begin(['POST /webhooks/hubspot HTTP/1.1', 'Content-Length: 100000', ...plausible()], 'x'),
  ]);
  const drops = setInterval(() => {
    first.write('1\r\nx\r\n');
    second.write('x');
  }, 100);
  expect(await Promise.all([statusOf(first), statusOf(second)])).toEqual([408, 408]);
  clearInterval(drops);
});

test('A body that no route reads is refused unread', async () => {
  stack = await startHttpStack({ listen: true });
  for (const line of ['POST /nowhere HTTP/1.1', 'POST /api/v1/meetings HTTP/1.1', 'PUT /healthz HTTP/1.1'])
    expect(await answerTo(await begin([line, 'Content-Length: 5000000', 'Content-Type: application/json']))).toMatch(
      /^HTTP\/1\.1 (401|404|405) /,
    );
});

test('Hundreds of meetings at once are accepted, and large bodies take turns', async () => {
  stack = await startHttpStack({ listen: true });
  const post = async (id: string, overview: string) => {
    const response = await fetch(`${stack.config.publicUrl}/api/v1/meetings`, {
      method: 'POST',
      headers: { authorization: `Bearer ${stack.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ ...meeting({ meetingId: id }), summary: { overview } }),
    });
    return response.status;
  };
  const small = Array.from({ length: 300 }, (_, index) => post(`small-${index}`, 'short'));
  const large = Array.from({ length: 12 }, (_, index) => post(`large-${index}`, 'x'.repeat(900_000)));
  expect(new Set(await Promise.all([...small, ...large]))).toEqual(new Set([202]));
});

test('A backfill has limits: bytes, lines, and unfinished backfills', async () => {
  stack = await startHttpStack({ ownLimits: { backfillBytes: 20_000, backfillLines: 10, backfillsAtOnce: 2 } });
  const send = async (lines: readonly string[]) =>
    await stack.app.inject({
      method: 'POST',
      url: '/api/v1/backfills',
      headers: { authorization: `Bearer ${stack.apiKey}` },
      payload: lines.join('\n'),
    });
  const line = (id: number) => JSON.stringify(meeting({ meetingId: `m-${id}` }));
  const many = await send(Array.from({ length: 11 }, (_, id) => line(id).slice(0, 20)));
  expect(many.statusCode).toBe(413);
  expect(many.json().detail).toMatch('at most 0.02 MB and 10 lines');
  expect((await send([`{"x": "${'x'.repeat(20_000)}"}`])).statusCode).toBe(413);
  expect(await stack.product.db.selectFrom('backfills').selectAll().execute()).toEqual([]);
  for (const id of [1, 2]) expect((await send([line(id)])).statusCode).toBe(202);
  const third = await send([line(3)]);
  expect(third.statusCode).toBe(429);
  expect(third.headers['retry-after']).toBe('60');
});

test('The readiness check runs at most once a second', async () => {
  let looks = 0;
  const temporal = {
    problem: () => {
      looks += 1;
      return Promise.resolve(null);
    },
  };
  stack = await startHttpStack({ dependencies: { temporal } });
  await Promise.all(Array.from({ length: 200 }, () => stack.app.inject({ url: '/readyz' })));
  expect(looks).toBeLessThan(20);
});
