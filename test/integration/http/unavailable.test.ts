import { createServer, type AddressInfo } from 'node:net';
import { sign } from '@fastify/cookie';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { signingKeys } from '../../../src/http/plumbing/signing-keys';
import { openDatabase } from '../../../src/store/database';
import { meeting } from '../../support/meetings';
import { startHttpStack, type HttpStack } from './support';

// No process listens on this port, as when PostgreSQL is unavailable.
const away = openDatabase('postgres://no-one@127.0.0.1:1/nothing');
let stack: HttpStack;
beforeAll(async () => {
  stack = await startHttpStack({
    dependencies: { db: away, temporal: { problem: () => Promise.resolve('Temporal cannot be reached: no answer.') } },
  });
});
afterAll(async () => {
  await stack.close();
  await away.destroy();
});

test('Without PostgreSQL, a meeting is refused with 503 and Retry-After', async () => {
  const answer = await stack.call('POST', '/api/v1/meetings', meeting({ meetingId: 'm' }));
  expect(answer.statusCode).toBe(503);
  expect(answer.headers['retry-after']).toBe('5');
  expect(answer.headers['content-type']).toMatch('application/problem+json');
  expect(answer.json()).toMatchObject({ status: 503, type: expect.stringContaining('#database-unavailable') });
});

test('A browser gets a page that says so', async () => {
  // Only a cookie with our signature causes a query.
  const [key = ''] = signingKeys(stack.config.encryptionKeys, 'cookies');
  const answer = await stack.app.inject({
    url: '/settings/integrations',
    headers: { accept: 'text/html' },
    cookies: { hms_session_3000: sign('a-session', key) },
  });
  expect(answer.statusCode).toBe(503);
  expect(answer.body).toMatch('The database is not available');
});

test('Without the database, the server is alive but not ready, and names the database', async () => {
  expect((await stack.app.inject({ url: '/healthz' })).statusCode).toBe(200);
  const answer = await stack.app.inject({ url: '/readyz' });
  expect(answer.statusCode).toBe(503);
  expect(answer.json()).toEqual({
    status: 'not ready',
    database: 'PostgreSQL cannot be reached.',
    temporal: 'Temporal cannot be reached: no answer.',
  });
});

test('A PostgreSQL that drops its connections counts as unavailable', async () => {
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address: AddressInfo | string | null = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const dropping = openDatabase(`postgres://no-one@127.0.0.1:${port}/nothing`);
  const other = await startHttpStack({ dependencies: { db: dropping } });
  const answer = await other.call('GET', '/api/v1/meetings');
  expect(answer.statusCode).toBe(503);
  await other.close();
  await dropping.destroy();
  server.close();
});
