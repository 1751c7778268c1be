import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { LATEST_PROTOCOL_VERSION } from '@modelcontextprotocol/sdk/types.js';
import type { InjectOptions } from 'fastify';
import { meeting } from '../../support/meetings';
import { startHttpStack, type HttpStack } from '../http/support';

let stack: HttpStack;
beforeAll(async () => {
  stack = await startHttpStack();
});
afterAll(() => stack.close());

const message = (method: string, params: object = {}, id: unknown = 1) => ({ jsonrpc: '2.0', id, method, params });
const call = (name: string, given: object = {}) => message('tools/call', { name, arguments: given });

/** Sends a request as an agent does, with some headers changed or left out. */
async function send(
  payload: unknown,
  {
    headers = {},
    of = stack,
    method = 'POST',
  }: { headers?: Record<string, string | undefined>; of?: HttpStack; method?: InjectOptions['method'] } = {},
) {
  const all: Record<string, string | undefined> = {
    accept: 'application/json, text/event-stream',
    'content-type': 'application/json',
    authorization: `Bearer ${of.apiKey}`,
    'mcp-protocol-version': LATEST_PROTOCOL_VERSION,
    ...headers,
  };
  const given = Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  return await of.app.inject({
    method,
    url: '/mcp',
    headers: given,
    ...(payload === undefined ? {} : { payload: typeof payload === 'string' ? payload : JSON.stringify(payload) }),
  });
}

test('Requests need no session, and are answered with JSON', async () => {
  const listed = await send(message('tools/list'));
  expect(listed.statusCode).toBe(200);
  expect(listed.headers).toMatchObject({ 'content-type': 'application/json', 'cache-control': 'no-store' });
  expect(listed.headers['mcp-session-id']).toBeUndefined();
  expect(listed.json()).toMatchObject({ jsonrpc: '2.0', id: 1, result: { tools: expect.any(Array) } });
  const noted = await send({ jsonrpc: '2.0', method: 'notifications/initialized' });
  expect([noted.statusCode, noted.body]).toEqual([202, '']);
});

test.each([
  ['2025-11-25', '2025-11-25'],
  ['2025-06-18', '2025-06-18'],
  ['2025-03-26', '2025-03-26'],
  ['2199-01-01', LATEST_PROTOCOL_VERSION],
])('A client that begins with version %s gets %s', async (asked, answered) => {
  const params = { protocolVersion: asked, capabilities: {}, clientInfo: { name: 'raw', version: '1' } };
  const answer = await send(message('initialize', params), { headers: { 'mcp-protocol-version': undefined } });
  expect(answer.json()).toMatchObject({ result: { protocolVersion: answered } });
});

test.each([
  ['no key', { authorization: undefined }],
  ['an unknown key', { authorization: 'Bearer hms_unknown' }],
  ['another scheme', { authorization: 'Basic aG1zOg==' }],
])('With %s, the answer is 401 and names the scheme', async (_what, headers) => {
  const answer = await send(message('tools/list'), { headers });
  expect(answer.statusCode).toBe(401);
  expect(answer.headers['www-authenticate']).toBe('Bearer');
});

test.each(['GET', 'DELETE', 'PUT', 'PATCH'] as const)('%s is not a method of the address', async (method) => {
  const answer = await send(undefined, { method, headers: { 'content-type': undefined } });
  expect([answer.statusCode, answer.headers['allow']]).toEqual([405, 'POST']);
});

test.each([
  ['https://evil.example', 403],
  ['http://localhost:3001', 403],
  ['http://localhost:3000.evil.example', 403],
  ['null', 403],
  ['http://localhost:3000', 200],
  [undefined, 200],
])('A request from a page of %s is answered with %i', async (origin, status) => {
  const answer = await send(message('tools/list'), { headers: { origin } });
  expect(answer.statusCode).toBe(status);
});

test.each([
  ['an unknown version of the protocol', message('tools/list'), { 'mcp-protocol-version': '1999-01-01' }, 400],
  ['an answer that it does not accept', message('tools/list'), { accept: 'text/html' }, 406],
  ['another media type', message('tools/list'), { 'content-type': 'text/plain' }, 415],
  ['no body', undefined, { 'content-type': undefined }, 400],
  ['a body that is not JSON', '{"jsonrpc"', {}, 400],
  ['JSON with a field twice', '{"jsonrpc":"2.0","id":1,"id":2,"method":"tools/list"}', {}, 400],
  ['JSON that is no message', { hello: 'world' }, {}, 400],
  ['a number', '5', {}, 400],
  ['an empty list', '[]', {}, 202],
  ['more messages than it may have', Array.from({ length: 21 }, () => message('ping')), {}, 400],
  ['a body that is too large', message('ping', { pad: 'x'.repeat(70_000) }), {}, 413],
])('A request with %s is answered with %s', async (_what, payload, headers, status) => {
  const answer = await send(payload, { headers });
  expect([answer.statusCode, answer.body.includes('node_modules')]).toEqual([status, false]);
});

test.each(['unknown', 'constructor', '__proto__', 'toString', 'x'.repeat(5_000)])(
  'There is no tool %s',
  async (name) => {
    const answer = await send(call(name));
    expect(answer.statusCode).toBe(200);
    const { error } = answer.json<{ error: { code: number; message: string } }>();
    expect(error).toMatchObject({ code: -32_602, message: expect.stringMatching(/Unknown tool/) });
    expect(error.message.length).toBeLessThan(200);
  },
);

test.each(['resources/list', 'prompts/list', 'logging/setLevel', 'tasks/list', 'sampling/createMessage'])(
  'There is no %s',
  async (method) => {
    expect((await send(message(method, { level: 'debug' }))).json()).toMatchObject({ error: { code: -32_601 } });
  },
);

test('Messages of one request are answered together, and each counts as a call', async () => {
  const answer = await send([message('ping', {}, 'a'), call('find_meetings')], {
    headers: { 'mcp-protocol-version': '2025-03-26' },
  });
  expect(answer.json<unknown[]>()).toMatchObject([
    { id: 'a', result: {} },
    { id: 1, result: { structuredContent: {} } },
  ]);

  const limited = await startHttpStack({ ownLimits: { callsPerSecond: 3 } });
  try {
    const many = await send(
      Array.from({ length: 10 }, () => message('ping')),
      { of: limited },
    );
    expect([many.statusCode, many.headers['retry-after']]).toEqual([429, '1']);
  } finally {
    await limited.close();
  }
});

test('Messages with the same id, or that cancel another one of their batch, do not leave a request without an answer', async () => {
  const headers = { 'mcp-protocol-version': '2025-03-26' };
  expect((await send([message('ping'), message('ping')], { headers })).json()).toMatchObject({ id: 1, result: {} });
  const cancel = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } };
  expect((await send([call('find_meetings'), cancel], { headers })).json()).toMatchObject({
    id: 1,
    result: { structuredContent: { nextCursor: null } },
  });
});

test('A call that asks for a task is refused before anything is done', async () => {
  await stack.call('POST', '/api/v1/meetings', meeting({ meetingId: 'task' }));
  stack.started.length = 0;
  const params = { name: 'run_again', arguments: { meetingId: 'task', dryRun: false }, task: { ttl: 1_000 } };
  expect((await send(message('tools/call', params))).json()).toMatchObject({ error: { code: expect.any(Number) } });
  expect(stack.started).toEqual([]);
});

test('The log has the tool and ids of a call, and nothing of what was asked or answered', async () => {
  await stack.call('POST', '/api/v1/meetings', meeting({ meetingId: 'logged', title: 'Zephyr secret' }));
  stack.logLines.length = 0;
  await send(call('find_meetings', { q: 'zephyr' }));
  await send(call('get_meeting', { meetingId: 'logged' }));
  await send(call('get_meeting', { meetingId: 'Zephyr <script>' }));
  await send(call('find_meetings', { from: 'zephyr' }));
  const lines = stack.logLines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines.filter(({ msg }) => msg === 'tool call')).toMatchObject([
    { tool: 'find_meetings', failed: false, workspaceId: stack.workspaceId },
    { tool: 'get_meeting', failed: false, meetingId: 'logged' },
    { tool: 'get_meeting', failed: true },
    { tool: 'find_meetings', failed: true },
  ]);
  expect(lines.filter(({ msg }) => msg === 'request')).toMatchObject(
    Array.from({ length: 4 }, () => ({ route: '/mcp', method: 'POST', status: 200, workspaceId: stack.workspaceId })),
  );
  expect(stack.logLines.join('\n')).not.toMatch(/zephyr/i);
});

test('Agents are answered in English, also for a browser in another language', async () => {
  const answer = await send(call('explain_record', { record: 'deals/1' }), { headers: { 'accept-language': 'es' } });
  expect(answer.json()).toMatchObject({
    result: { structuredContent: { answer: { untrusted: 'HubSpot is not connected.' } } },
  });
});

test('An error of our own is a failure of the tool, with a reference and no details', async () => {
  const broken = await startHttpStack({
    dependencies: {
      temporalUi: {
        get temporalUiUrl(): string {
          throw new Error('password=hunter2');
        },
        namespace: 'x',
      },
    },
  });
  try {
    await broken.call('POST', '/api/v1/meetings', meeting({ meetingId: 'm' }));
    await broken.product.db.updateTable('meetings').set({ run_id: 'run' }).execute();
    const answer = await send(call('get_meeting', { meetingId: 'm' }), { of: broken });
    expect(answer.json()).toMatchObject({
      result: { isError: true, content: [{ text: expect.stringMatching(/Reference: /) }] },
    });
    expect(answer.body).not.toMatch('hunter2');
    expect(broken.logLines.join('\n')).toMatch('hunter2');
  } finally {
    await broken.close();
  }
});
