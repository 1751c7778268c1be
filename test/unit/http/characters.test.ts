import { afterAll, beforeAll, expect, test } from '@jest/globals';
import Fastify, { type FastifyInstance } from 'fastify';
import { refuseUnstorable } from '../../../src/http/characters';
import { InvalidInputError } from '../../../src/http/plumbing/validation';

let app: FastifyInstance;
beforeAll(async () => {
  app = Fastify({ bodyLimit: 10_000_000 });
  refuseUnstorable(app);
  app.post('/', () => ({ taken: true }));
  app.setErrorHandler((error, _request, reply) =>
    reply.code(400).send(error instanceof InvalidInputError ? error.errors : { unexpected: String(error) }),
  );
  await app.ready();
});
afterAll(() => app.close());

const post = async (body: string) =>
  (
    await app.inject({ method: 'POST', url: '/', body, headers: { 'content-type': 'application/json' } })
  ).json<unknown>();
const error = (path: string) => [{ path, message: expect.stringMatching(/U\+0000/) }];

test('a text or a field name that cannot be stored is named with its path', async () => {
  expect(await post(JSON.stringify({ a: ['x', { b: 'y\0' }] }))).toEqual(error('a[1].b'));
  expect(await post(JSON.stringify({ a: [{ 'b\0': 1 }] }))).toEqual(error('a[0]["b\\u0000"]'));
  expect(await post('{"a": "\\ud800"}')).toEqual(error('a'));
  expect(await post(JSON.stringify('\0'))).toEqual(error(''));
  expect(await post(JSON.stringify({ a: ['x', { b: '💥' }] }))).toEqual({ taken: true });
});

// The path was copied at each level: a body of five megabytes would take the time limit of the test, and all memory.
test('a body is read in one pass at any depth, and the error names the last steps', async () => {
  const nested = (value: string, depth: number) => '['.repeat(depth) + value + ']'.repeat(depth);
  expect(await post(nested('1', 200_000))).toEqual({ taken: true });
  expect(await post(`{"a": ${nested(String.raw`"\u0000"`, 200_000)}}`)).toEqual(error('[0]'.repeat(50)));
});
