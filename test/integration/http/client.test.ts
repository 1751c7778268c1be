import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { MeetingSyncClient, MeetingSyncError } from '../../../src/client';
import { meeting } from '../../support/meetings';
import { startHttpStack, type HttpStack } from './support';

let stack: HttpStack;
let url: string;
let client: MeetingSyncClient;

beforeAll(async () => {
  stack = await startHttpStack();
  url = await stack.app.listen({ host: '127.0.0.1', port: 0 });
  client = new MeetingSyncClient({ url, apiKey: stack.apiKey });
});
beforeEach(() => {
  stack.started.length = 0;
});
afterAll(async () => {
  await stack.close();
});

/** The error of a call that must fail. */
async function refusalOf(call: Promise<unknown>): Promise<unknown> {
  return await call.then(
    () => {
      throw new Error('the call was not refused');
    },
    (error: unknown) => error,
  );
}

test('posts a meeting, returns its status, and runs its sync again', async () => {
  const posted = await client.startSync(meeting({ meetingId: 'call-1' }));
  expect(posted).toMatchObject({ meetingId: 'call-1', status: 'accepted', reason: null });
  expect(await client.status('call-1')).toEqual(posted);
  expect(stack.started).toEqual([`${stack.workspaceId}/call-1`]);

  await client.startSync(meeting({ meetingId: 'call-1' }));
  expect(stack.started).toHaveLength(1);
  await client.startSync(meeting({ meetingId: 'call-1', title: 'Another title' }));
  expect(stack.started).toHaveLength(2);
  expect(await client.resync('call-1')).toMatchObject({ meetingId: 'call-1', status: 'accepted' });
  expect(stack.started).toHaveLength(3);
});

test('accepts every character that a meeting id may have', async () => {
  const meetingId = 'Zoom:2026-11-03_10.00';
  await client.startSync(meeting({ meetingId }));
  expect((await client.status(meetingId)).meetingId).toBe(meetingId);
});

test('reaches the rest of the API', async () => {
  expect(await client.call('GET', '/api/v1/connection')).toMatchObject({ state: 'none' });
  expect(await client.call('POST', '/api/v1/meetings/resync', { reason: 'not_connected' })).toEqual({ requested: 0 });
});

test('lists every invalid field', async () => {
  const error = await refusalOf(
    client.startSync(meeting({ meetingId: 'call-2', startedAt: '', recordingUrl: 'ftp://x' })),
  );
  expect(error).toBeInstanceOf(MeetingSyncError);
  expect(error).toMatchObject({
    status: 400,
    errors: [
      { path: 'startedAt', message: 'must not be empty' },
      { path: 'recordingUrl', message: expect.stringMatching('http or https') },
    ],
    message: expect.stringMatching(/startedAt: must not be empty\n {2}recordingUrl: /),
  });
});

test('reports an unknown meeting and an unknown key', async () => {
  expect(await refusalOf(client.status('call-unknown'))).toMatchObject({
    status: 404,
    type: expect.stringMatching(/\/api\/problems#meeting-not-found$/),
    call: `GET ${url}/api/v1/meetings/call-unknown`,
    message: expect.stringMatching('"call-unknown"'),
  });
  const stranger = new MeetingSyncClient({ url, apiKey: 'hms_unknown-key' });
  expect(await refusalOf(stranger.status('call-1'))).toMatchObject({ status: 401, errors: [] });
});

test.each(['.', '..', ''])('rejects the id "%s", which would make a call about all meetings', async (id) => {
  const refused = { name: 'RangeError', message: `"${id}" is not a meeting id.` };
  const calls = [client.resync(id), client.status(id), client.preview(id), client.context(id)];
  expect(await Promise.all(calls.map(refusalOf))).toMatchObject(calls.map(() => refused));
});

test('fails like fetch without a server, and times out when the server is silent', async () => {
  const unreachable = new MeetingSyncClient({ url: 'http://127.0.0.1:1', apiKey: 'key' });
  expect(await refusalOf(unreachable.status('call-1'))).toMatchObject({
    name: 'TypeError',
    message: 'http://127.0.0.1:1 cannot be reached.',
  });
  await withServer(
    () => undefined,
    async (silent) => {
      const impatient = new MeetingSyncClient({ url: silent, apiKey: 'key', timeoutMs: 50 });
      expect(await refusalOf(impatient.status('call-1'))).toMatchObject({
        name: 'TimeoutError',
        message: `${silent} did not answer within 0.05 s.`,
      });
    },
  );
});

test('works below a path, and reports an address that is not this API', async () => {
  const paths: string[] = [];
  await withServer(
    (path) => {
      paths.push(path);
      return path.startsWith('/sync/') ? '{"meetingId":"call-1"}' : '<html>a proxy</html>';
    },
    async (proxy) => {
      const below = new MeetingSyncClient({ url: `${proxy}/sync/`, apiKey: 'key' });
      expect(await below.status('call-1')).toEqual({ meetingId: 'call-1' });
      expect(paths).toEqual(['/sync/api/v1/meetings/call-1']);
      const elsewhere = new MeetingSyncClient({ url: proxy, apiKey: 'key' });
      expect(await refusalOf(elsewhere.status('call-1'))).toMatchObject({
        name: 'MeetingSyncError',
        message: expect.stringMatching('is not this API'),
      });
    },
  );
});

test('an error without a problem document still has its status', async () => {
  await withServer(
    (_path, fail) => fail(502),
    async (proxy) => {
      const behind = new MeetingSyncClient({ url: proxy, apiKey: 'key' });
      expect(await refusalOf(behind.status('call-1'))).toMatchObject({
        status: 502,
        type: 'about:blank',
        message: `HTTP 502 Bad Gateway (GET ${proxy}/api/v1/meetings/call-1)`,
      });
    },
  );
});

test.each([
  [{ url: 'localhost:3000', apiKey: 'key' }, 'not an http or https address'],
  [{ url: '', apiKey: 'key' }, 'not an http or https address'],
  [{ url: 'http://localhost:3000', apiKey: '' }, 'The API key'],
  [{ url: 'http://localhost:3000', apiKey: 'key\n' }, 'The API key'],
])('rejects %j before any request', (options, words) => {
  expect(() => new MeetingSyncClient(options)).toThrow(words);
});

/** Runs a server that responds with the text that `answer` returns, or never responds when it returns none. */
async function withServer(
  answer: (path: string, fail: (status: number) => string) => string | undefined,
  use: (url: string) => Promise<void>,
): Promise<void> {
  const server: Server = createServer((request, response) => {
    const text = answer(request.url ?? '', (status) => {
      response.statusCode = status;
      return 'away';
    });
    if (text !== undefined) response.end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  try {
    await use(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}
