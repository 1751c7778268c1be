import { expect, test } from '@jest/globals';
import Fastify from 'fastify';
import { unknownRoute } from '../../../src/http/plumbing/errors';

const app = Fastify({ exposeHeadRoutes: false, routerOptions: { ignoreTrailingSlash: true } });
app.get('/meetings', () => '');
app.post('/meetings', () => '');
app.get('/meetings/:meetingId', () => '');
app.delete('/meetings/:meetingId', () => '');
app.post('/meetings/resync', () => '');
app.get('/assets/*', () => '');
app.setNotFoundHandler((request, reply) => {
  const { code, message, headers } = unknownRoute(app, request);
  return reply.send({ code, message, allow: headers['allow'] ?? null });
});

test.each([
  ['GET', '/nothing', null],
  ['GET', '/', null],
  ['PUT', '/meetings', 'GET, POST'],
  ['PUT', '/meetings/?limit=2', 'GET, POST'],
  ['PUT', '/meetings/call%3A1', 'GET, DELETE'],
  ['POST', '/meetings/call/more', null],
  ['PATCH', '/meetings/resync', 'GET, POST, DELETE'],
  ['PUT', '/assets/css/style.css', 'GET'],
] as const)('%s %s has no route; other methods: %s', async (method, url, allow) => {
  const answer = await app.inject({ method, url });
  const path = url.split('?')[0] ?? '';
  const message =
    allow === null ? `There is nothing at ${method} ${path}.` : `${path} accepts ${allow}, not ${method}.`;
  expect(answer.json()).toEqual({ code: allow === null ? 'not-found' : 'method-not-allowed', message, allow });
});
