import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createWorkspace } from '../../../src/store/access/workspaces';
import { meeting } from '../../support/meetings';
import { startHttpStack, type HttpStack } from './support';

let stack: HttpStack;
beforeAll(async () => {
  stack = await startHttpStack();
});
afterAll(async () => {
  await stack.close();
});

const url = '/api/v1/meetings';

test('A posted meeting is stored, handed to Temporal and answered with its status document', async () => {
  const answer = await stack.call('POST', url, meeting({ meetingId: 'm:1' }));

  expect(answer.statusCode).toBe(202);
  expect(answer.headers['location']).toBe('/api/v1/meetings/m%3A1');
  expect(answer.json()).toMatchObject({
    meetingId: 'm:1',
    status: 'accepted',
    reason: null,
    engagements: { summary: null, notes: null },
    links: [],
    workflow: { id: `sync-meeting:${stack.workspaceId}:m:1`, runId: null, url: null },
    syncedAt: null,
  });
  expect(stack.started).toContain(`${stack.workspaceId}/m:1`);
  expect((await stack.call('GET', String(answer.headers['location']))).json()).toEqual(answer.json());
});

test('The same body again is a no-op, a changed one is accepted', async () => {
  const body = meeting({ meetingId: 'twice' });
  await stack.call('POST', url, body);
  const startsBefore = stack.started.length;

  const same = await stack.call('POST', url, body);
  expect(same.statusCode).toBe(200);
  expect(stack.started).toHaveLength(startsBefore);

  const changed = await stack.call('POST', url, { ...body, title: 'Another title' });
  expect(changed.statusCode).toBe(202);
  expect(stack.started).toHaveLength(startsBefore + 1);
});

test('Every validation error of a body names its path, unknown fields too', async () => {
  const body = {
    ...meeting({ meetingId: 'not good', recordingUrl: 'https://app.northwind.example/meetings/1' }),
    participants: [{ name: 'Ana' }, { email: 5 }],
    colour: 'red',
    endedAt: 5,
  };
  const answer = await stack.call('POST', url, body);

  expect(answer.statusCode).toBe(400);
  expect(answer.headers['content-type']).toMatch('application/problem+json');
  const problem = answer.json<{ errors: { path: string }[] }>();
  expect(problem).toMatchObject({
    type: 'http://localhost:3000/api/problems#invalid-input',
    status: 400,
    title: 'The input is not valid',
  });
  expect(problem.errors.map(({ path }) => path).toSorted()).toEqual([
    'colour',
    'endedAt',
    'meetingId',
    'participants[1].email',
  ]);
  expect(stack.started).not.toContain(`${stack.workspaceId}/not good`);
});

test('Of many validation errors a hundred are listed, and the sentence counts all of them', async () => {
  const items = Array.from({ length: 2_000 }, () => ({ kind: 'quote', text: 5 }));
  const huge = { ...meeting({ meetingId: 'm' }), smartCategories: [{ name: 'All', items }] };
  const answer = await stack.call('POST', url, huge);
  expect(answer.statusCode).toBe(400);
  const problem = answer.json<{ detail: string; errors: unknown[] }>();
  expect(problem.detail).toBe('4,000 validation errors; the first 100 are listed.');
  expect(problem.errors).toHaveLength(100);
});

test.each([
  ['an empty body', ''],
  ['null', 'null'],
  ['a list', '[]'],
])('%s is bad input', async (_name, payload) => {
  const headers = { authorization: `Bearer ${stack.apiKey}`, 'content-type': 'application/json' };
  const answer = await stack.app.inject({ method: 'POST', url, headers, payload });
  expect(answer.statusCode).toBe(400);
  expect(answer.json<{ errors: unknown[] }>().errors).toHaveLength(1);
});

test('A body that is not JSON is answered with the position of the error', async () => {
  const headers = { authorization: `Bearer ${stack.apiKey}`, 'content-type': 'application/json' };
  const answer = await stack.app.inject({ method: 'POST', url, headers, payload: '{"meetingId": }' });
  expect(answer.statusCode).toBe(400);
  expect(answer.json<{ detail: string }>().detail).toMatch(/not valid JSON: Unexpected token/);

  const poisoned = await stack.app.inject({ method: 'POST', url, headers, payload: '{"__proto__": {}}' });
  expect(poisoned.json<{ detail: string }>().detail).toMatch('__proto__');
});

test('A content type other than JSON is 415', async () => {
  const headers = { authorization: `Bearer ${stack.apiKey}`, 'content-type': 'text/plain' };
  const answer = await stack.app.inject({ method: 'POST', url, headers, payload: 'hello' });
  expect(answer.statusCode).toBe(415);
  expect(answer.json<{ detail: string }>().detail).toMatch('application/json');
});

test('A body over 5 MiB is 413, also over a real socket', async () => {
  const address = await stack.app.listen({ host: '127.0.0.1', port: 0 });
  const overview = 'x'.repeat(6 * 1024 * 1024);
  const response = await fetch(`${address}${url}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${stack.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ ...meeting({ meetingId: 'big' }), summary: { overview } }),
  });
  expect(response.status).toBe(413);
  expect(await response.json()).toMatchObject({ status: 413, detail: expect.stringContaining('5 MiB') });
});

test('A meeting with 2,000 notes is accepted', async () => {
  const items = Array.from({ length: 2_000 }, (_, index) => ({
    kind: 'note' as const,
    text: `note ${index} ${'é'.repeat(500)}`,
  }));
  const answer = await stack.call(
    'POST',
    url,
    meeting({ meetingId: 'full', smartCategories: [{ name: 'All', items }] }),
  );
  expect(answer.statusCode).toBe(202);
});

test('The list is newest first, in pages, by status', async () => {
  const { apiKey } = await createWorkspace(stack.product.db, 'Lists');
  for (const meetingId of ['a', 'b', 'c', 'd', 'e']) await stack.call('POST', url, meeting({ meetingId }), apiKey);
  interface Page {
    meetings: { meetingId: string }[];
    nextCursor: string | null;
  }
  const seen: string[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const query: string = cursor === '' ? '?limit=2' : `?limit=2&cursor=${cursor}`;
    const page: Page = (await stack.call('GET', `${url}${query}`, undefined, apiKey)).json();
    seen.push(...page.meetings.map(({ meetingId }) => meetingId));
    cursor = page.nextCursor;
  }
  expect(seen).toEqual(['e', 'd', 'c', 'b', 'a']);
  expect((await stack.call('GET', `${url}?status=synced`, undefined, apiKey)).json()).toEqual({
    meetings: [],
    nextCursor: null,
    previousCursor: null,
  });
});

const aStatus = 'must be one of accepted, syncing, waiting, needs_attention, synced, skipped, deleted';
const aLimit = 'must be a whole number from 1 to 100';
const aCursor = 'is not a cursor of this API: omit it to begin with the newest';
test.each([
  ['status=done', 'status', aStatus],
  ['limit=0', 'limit', aLimit],
  ['limit=many', 'limit', aLimit],
  ['limit=2.5', 'limit', aLimit],
  ['limit=101', 'limit', aLimit],
  ['limit=1&limit=2', 'limit', aLimit],
  ['cursor=', 'cursor', aCursor],
  ['cursor=a&cursor=b', 'cursor', aCursor],
  ['cursor=nonsense', 'cursor', aCursor],
  [`cursor=${Buffer.from(JSON.stringify(['2026', 'a'])).toString('base64url')}`, 'cursor', aCursor],
  [
    `cursor=${Buffer.from(JSON.stringify(['2026-11-03 10:00:00+00', 'a\u0000'])).toString('base64url')}`,
    'cursor',
    aCursor,
  ],
  ['colour=red', 'colour', 'is not a known field'],
  ['from=yesterday', 'from', 'must be a date such as 2026-11-06'],
  ['to=2026-02-30', 'to', 'must be a date such as 2026-11-06'],
  ['q=', 'q', 'must be 1 to 200 characters'],
  ['record=deals', 'record', 'must be a type and an id such as deals/123 (contacts, companies, deals or a 2-… type)'],
])('A list with %s names the validation error', async (query, path, message) => {
  const answer = await stack.call('GET', `${url}?${query}`);
  expect(answer.statusCode).toBe(400);
  expect(answer.json<{ errors: unknown }>().errors).toEqual([{ path, message }]);
});

test('A resync runs a meeting again in any state', async () => {
  await stack.call('POST', url, meeting({ meetingId: 'again' }));
  const startsBefore = stack.started.length;
  const answer = await stack.call('POST', `${url}/again/resync`);
  expect(answer.statusCode).toBe(202);
  expect(answer.json()).toMatchObject({ meetingId: 'again' });
  expect(stack.started.slice(startsBefore)).toEqual([`${stack.workspaceId}/again`]);
});

test('A resync of all covers meetings that need attention, by reason', async () => {
  const { workspaceId, apiKey } = await createWorkspace(stack.product.db, 'Stopped');
  for (const meetingId of ['x', 'y', 'z']) await stack.call('POST', url, meeting({ meetingId }), apiKey);
  const stop = async (meetingId: string, code: string) =>
    await stack.product.db
      .updateTable('meetings')
      .set({
        status: 'needs_attention',
        reason: JSON.stringify({ code, message: 'm', action: 'a' }),
        sync_requested_at: null,
      })
      .where('workspace_id', '=', workspaceId)
      .where('meeting_id', '=', meetingId)
      .execute();
  await stop('x', 'missing_scope');
  await stop('y', 'hubspot_rejected');
  await stop('z', 'internal_error');

  const some = await stack.call('POST', `${url}/resync`, { reason: 'missing_scope' }, apiKey);
  expect(some.statusCode).toBe(202);
  expect(some.json()).toEqual({ requested: 1 });
  expect((await stack.call('POST', `${url}/resync`, undefined, apiKey)).json()).toEqual({ requested: 2 });
  const progress = await stack.call('GET', '/api/v1/progress', undefined, apiKey);
  expect(progress.json()).toEqual({ requested: null, left: 3, waiting: 0, perMinute: 0 });
  const bad = await stack.call('POST', `${url}/resync`, { reason: 'because' }, apiKey);
  expect(bad.json<{ errors: { path: string }[] }>().errors).toMatchObject([{ path: 'reason' }]);
});

test('A meeting is deleted on request, and a second request changes nothing', async () => {
  await stack.call('POST', url, meeting({ meetingId: 'gone' }));
  expect((await stack.call('DELETE', `${url}/gone`)).statusCode).toBe(202);
  expect((await stack.call('DELETE', `${url}/gone`)).statusCode).toBe(202);
  const row = await stack.product.db
    .selectFrom('meetings')
    .select('erasing')
    .where('meeting_id', '=', 'gone')
    .executeTakeFirstOrThrow();
  expect(row.erasing).toBe(true);
});

test.each([
  ['GET', '/unknown'],
  ['POST', '/unknown/resync'],
  ['DELETE', '/unknown'],
  ['GET', '/a%00b'],
  ['GET', `/${'x'.repeat(300)}`],
] as const)('%s %s is 404', async (method, path) => {
  const answer = await stack.call(method, url + path);
  expect(answer.statusCode).toBe(404);
  expect(answer.headers['content-type']).toMatch('application/problem+json');
});

test("Another workspace's meeting does not exist", async () => {
  const { apiKey } = await createWorkspace(stack.product.db, 'Other');
  await stack.call('POST', url, meeting({ meetingId: 'mine' }));
  for (const [method, path] of [
    ['GET', '/mine'],
    ['POST', '/mine/resync'],
    ['DELETE', '/mine'],
  ] as const) {
    expect((await stack.call(method, url + path, undefined, apiKey)).statusCode).toBe(404);
  }
  expect((await stack.call('POST', url, meeting({ meetingId: 'mine' }), apiKey)).statusCode).toBe(202);
});

test('No meeting text, address or key is logged', async () => {
  await stack.call('POST', url, meeting({ meetingId: 'secret', title: 'Mind the title' }));
  const log = stack.logLines.join('');
  expect(log).toMatch('"route":"/api/v1/meetings"');
  for (const secret of ['Mind the title', 'acme.example', stack.apiKey]) expect(log).not.toMatch(secret);
});
