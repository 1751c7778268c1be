import { request } from 'node:http';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { MeetingSyncClient } from '../../../src/client';
import type { BackfillDocument } from '../../../src/meeting/backfill';
import { dueBackfills, endBackfill, deleteAbandonedUploads } from '../../../src/store/jobs/backfills';
import { erasePerson } from '../../../src/store/mirror/privacy';
import { createWorkspace } from '../../../src/store/access/workspaces';
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
afterEach(async () => {
  await stack.product.db.deleteFrom('backfills').execute();
});
afterAll(async () => {
  await stack.close();
});

const post = async (payload: string, type: string | null = 'application/x-ndjson', apiKey = stack.apiKey) =>
  await stack.app.inject({
    method: 'POST',
    url: '/api/v1/backfills',
    headers: { authorization: `Bearer ${apiKey}`, ...(type === null ? {} : { 'content-type': type }) },
    payload,
  });
const found = async (backfillId: string) =>
  (await stack.call('GET', `/api/v1/backfills/${backfillId}`)).json<BackfillDocument>();
const line = (meetingId: string) => JSON.stringify(meeting({ meetingId }));
const stored = async () =>
  await stack.product.db.selectFrom('backfills').select(['id', 'state']).orderBy('created_at').execute();

test('A file is stored before the response: every line becomes a meeting or is listed with its validation errors', async () => {
  const lines = [
    line('b1'),
    '',
    '{"meetingId": "no end',
    JSON.stringify({ ...meeting({ meetingId: 'b2' }), colour: 'red', startedAt: 5 }),
    '[]',
    line('b3'),
    line('b1').replace('discovery call', 'another title'),
    JSON.stringify(meeting({ meetingId: 'long', summary: { overview: 'x'.repeat(5 * 1024 * 1024) } })),
    line('b4'),
  ];
  const answer = await post(lines.join('\r\n'));
  expect(answer.statusCode).toBe(202);
  const { backfillId } = answer.json<{ backfillId: string }>();
  expect(answer.json()).toEqual({ backfillId });
  expect(answer.headers['location']).toBe(`/api/v1/backfills/${backfillId}`);

  const document = await found(backfillId);
  expect(document).toMatchObject({
    backfillId,
    state: 'running',
    finishedAt: null,
    lines: 8,
    meetings: 3,
    left: 3,
    counts: { accepted: 3, syncing: 0, waiting: 0, needs_attention: 0, synced: 0, skipped: 0, deleted: 0 },
    forecast: null,
    held: { code: 'not_connected' },
    faultyLines: 4,
  });
  expect(document.faults).toEqual([
    { line: 3, errors: [{ path: '', message: expect.stringContaining('is not valid JSON: ') }] },
    {
      line: 4,
      errors: expect.arrayContaining([
        { path: 'colour', message: 'is not a known field' },
        expect.objectContaining({ path: 'startedAt' }),
      ]),
    },
    { line: 5, errors: [{ path: '', message: 'must be an object' }] },
    { line: 8, errors: [{ path: '', message: 'must be below 5 MiB: shorten its longest notes or the overview' }] },
  ]);
  expect(await dueBackfills(stack.product.db, 10)).toEqual([{ workspaceId: stack.workspaceId, backfillId }]);
  // Meetings appear in the list only when they are handed over.
  expect((await stack.call('GET', '/api/v1/meetings')).json()).toMatchObject({ meetings: [] });
});

test.each(['application/json', 'text/plain', 'application/x-www-form-urlencoded', null])(
  'A file of any content type is accepted: %s',
  async (type) => {
    const answer = await post(`${line('named')}\n${line('named-2')}`, type);
    expect(answer.statusCode).toBe(202);
    expect(await found(answer.json<{ backfillId: string }>().backfillId)).toMatchObject({
      meetings: 2,
      faultyLines: 0,
    });
  },
);

test.each(['', '\n\n', ' \r\n'])('A body without a line is refused, and nothing is stored: %j', async (body) => {
  const before = await stored();
  const answer = await post(body);
  expect(answer.statusCode).toBe(400);
  expect(answer.json()).toMatchObject({ detail: 'The body is empty: send one processed meeting per line.' });
  expect(await stored()).toEqual(before);
});

test('A file needs an API key, and a backfill is visible to its own workspace only', async () => {
  expect((await post(line('x'), 'application/x-ndjson', 'hms_unknown')).statusCode).toBe(401);
  const { backfillId } = (await post(line('mine'))).json<{ backfillId: string }>();
  const { apiKey } = await createWorkspace(stack.product.db, 'Others');
  const path = `/api/v1/backfills/${backfillId}`;
  expect((await stack.call('GET', path, undefined, apiKey)).statusCode).toBe(404);
  for (const unknown of ['00000000-0000-4000-8000-000000000000', 'nonsense'])
    // oxlint-disable-next-line no-await-in-loop -- few
    expect((await stack.call('GET', `/api/v1/backfills/${unknown}`)).statusCode).toBe(404);
});

test('An interrupted upload is not accepted, and nothing of it remains', async () => {
  const before = await stored();
  const logged = stack.logLines.length;
  const sending = request(`${url}/api/v1/backfills`, {
    method: 'POST',
    headers: { authorization: `Bearer ${stack.apiKey}`, 'content-type': 'application/x-ndjson' },
  });
  const ended = new Promise((resolve) => sending.on('error', resolve));
  // Enough lines for some of them to be stored already.
  for (let index = 0; index < 500; index += 1) sending.write(`${line(`cut-${index}`)}\n`);
  const lines = async () =>
    (await stack.product.db.selectFrom('backfill_lines').select('line').where('meeting_id', 'like', 'cut-%').execute())
      .length;
  // oxlint-disable-next-line no-await-in-loop -- until they are
  while ((await lines()) === 0);
  sending.destroy(new Error('gone'));
  await ended;
  // oxlint-disable-next-line no-await-in-loop -- until the server has noticed
  while ((await lines()) > 0);
  expect(await stored()).toEqual(before);
  // An aborted upload is not an internal error.
  expect(stack.logLines.slice(logged).filter((entry) => /"level":[456]0/.test(entry))).toEqual([]);
});

test('A file whose upload a restart interrupted is deleted later', async () => {
  const { db } = stack.product;
  const before = await stored();
  const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000);
  await db
    .insertInto('backfills')
    .values([
      { workspace_id: stack.workspaceId, state: 'receiving', created_at: ago(61) },
      { workspace_id: stack.workspaceId, state: 'receiving', created_at: ago(10) },
    ])
    .execute();
  await deleteAbandonedUploads(db);
  const left = (await stored()).filter(({ id }) => before.every((one) => one.id !== id));
  expect(left).toEqual([{ id: expect.any(String), state: 'receiving' }]);
  expect((await stack.call('GET', `/api/v1/backfills/${left[0]?.id}`)).statusCode).toBe(404);
});

test('The client posts a text or a stream', async () => {
  async function* file() {
    for (const meetingId of ['s1', 's2', 's3']) {
      yield Buffer.from(line(meetingId));
      yield Buffer.from('\n');
    }
    await Promise.resolve();
  }
  for (const given of [`${line('t1')}\n${line('t2')}\n${line('t3')}`, file()])
    // oxlint-disable-next-line no-await-in-loop -- two
    expect(await client.backfill(await client.startBackfill(given))).toMatchObject({ meetings: 3, lines: 3 });
  await expect(client.startBackfill('')).rejects.toMatchObject({ status: 400 });
});

test('Erasing a person also covers meetings that are not started yet', async () => {
  const { workspaceId, apiKey } = await createWorkspace(stack.product.db, 'Erases a person');
  const { backfillId } = (await post(`${line('private')}\n${line('other')}`, 'application/x-ndjson', apiKey)).json<{
    backfillId: string;
  }>();
  await erasePerson(
    stack.product.db,
    { workspaceId, portalId: 1 },
    { emails: ['marc.serra@acme.example'], names: [], records: [] },
  );
  const { rows } = {
    rows: await stack.product.db
      .selectFrom('backfill_lines')
      .select('body')
      .where('backfill_id', '=', backfillId)
      .execute(),
  };
  expect(rows).toHaveLength(2);
  for (const { body } of rows) {
    expect(body).not.toMatch(/marc/i);
    expect(body).toMatch('ana.ruiz@northwind.example');
  }
});

test('A file without an accepted line ends at once, and its page says why', async () => {
  const { backfillId } = (await post('{}\nno meeting')).json<{ backfillId: string }>();
  expect(await found(backfillId)).toMatchObject({ lines: 2, meetings: 0, left: 0, faultyLines: 2 });
  await endBackfill(stack.product.db, { workspaceId: stack.workspaceId, backfillId }, 'done');
  const page = await (await stack.signIn()).open(`/backfills/${backfillId}`);
  expect(page).toMatch(/Import finished on [^:]*:\d\d: 0 meetings\./);
  expect(page).toContain('2 lines could not be read.');
});

test('The pages show a backfill: its progress, what it waits for, and each rejected line', async () => {
  const { backfillId } = (await post(`${line('p1')}\n{"meetingId": "p2"}\n${line('p3')}`)).json<{
    backfillId: string;
  }>();
  const browser = await stack.signIn();
  const list = await browser.open('/meetings');
  expect(list).toContain('Import: 0 of 2 meetings. Waiting.');
  expect(list).toContain('This workspace is not connected to HubSpot.');
  expect(list).toContain('1 line could not be read.');
  expect(list).toContain(`href="/backfills/${backfillId}"`);
  const page = await browser.open(`/backfills/${backfillId}`);
  expect(page).toMatch(/<progress[^>]* value="0" max="2">/);
  expect(page).toMatch(/id="line-2"><td>2<\/td><td>.*<code>startedAt<\/code> is required/s);
  expect((await browser.get('/backfills/nonsense')).statusCode).toBe(404);

  await stack.product.db
    .updateTable('backfills')
    .set({ state: 'done', finished_at: new Date() })
    .where('id', '=', backfillId)
    .execute();
  expect(await browser.open('/meetings')).toMatch(/Import finished on \w.*: 2 meetings\./);
});

test('A backfill is paused, resumed and stopped, by its own workspace only and until it has ended', async () => {
  const { backfillId } = (await post(`${line('a1')}\n${line('a2')}`)).json<{ backfillId: string }>();
  const act = async (action: string, id = backfillId, apiKey = stack.apiKey) =>
    await stack.call('POST', `/api/v1/backfills/${id}/${action}`, undefined, apiKey);
  const { apiKey } = await createWorkspace(stack.product.db, 'Without the backfill');
  for (const action of ['pause', 'resume', 'stop']) {
    // oxlint-disable-next-line no-await-in-loop -- few
    expect((await act(action, backfillId, apiKey)).statusCode).toBe(404);
    for (const unknown of ['00000000-0000-4000-8000-000000000000', 'nonsense'])
      // oxlint-disable-next-line no-await-in-loop -- few
      expect((await act(action, unknown)).statusCode).toBe(404);
  }
  expect(await found(backfillId)).toMatchObject({ state: 'running', paused: false });

  const paused = await act('pause');
  expect(paused.statusCode).toBe(200);
  expect(paused.json()).toEqual(await found(backfillId));
  expect(paused.json()).toMatchObject({ state: 'running', paused: true, left: 2 });
  expect(await client.pauseBackfill(backfillId)).toMatchObject({ paused: true });
  expect(await client.resumeBackfill(backfillId)).toMatchObject({ state: 'running', paused: false });
  expect(await client.stopBackfill(backfillId)).toMatchObject({ state: 'stopped', paused: false, left: 0 });
  expect(await dueBackfills(stack.product.db, 10)).toEqual([]);
  for (const [action, participle] of [
    ['pause', 'paused'],
    ['resume', 'resumed'],
    ['stop', 'stopped'],
  ] as const) {
    // oxlint-disable-next-line no-await-in-loop -- three
    const refused = await act(action);
    expect(refused.statusCode).toBe(409);
    expect(refused.json()).toMatchObject({ detail: `The backfill was stopped, so it cannot be ${participle}.` });
  }
});

test('The page of a backfill pauses and resumes it, and asks before it stops it', async () => {
  const { backfillId } = (await post(line('b1'))).json<{ backfillId: string }>();
  const path = `/backfills/${backfillId}`;
  const browser = await stack.signIn();
  await browser.press(path, `${path}/pause`);
  const page = await browser.open(path);
  expect(page).toContain('The import is paused.');
  expect(page).toContain('Import: 0 of 1 meeting. Paused.');
  expect(await browser.open('/meetings')).toContain('Import: 0 of 1 meeting. Paused.');
  await browser.press(path, `${path}/resume`);
  expect(await found(backfillId)).toMatchObject({ state: 'running', paused: false });

  expect(await browser.open(`${path}/stop`)).toContain(`href="${path}">Cancel</a>`);
  expect(await found(backfillId)).toMatchObject({ state: 'running' });
  await browser.press(`${path}/stop`, `${path}/stop`);
  const ended = await browser.open(path);
  expect(ended).toMatch(/Import stopped on [^:]*:\d\d, after 0 of 1 meeting\./);
  expect(ended).not.toContain(`${path}/pause`);
  const other = await stack.signIn((await createWorkspace(stack.product.db, 'Without the page')).apiKey);
  expect((await other.get(`${path}/stop`)).statusCode).toBe(404);
});
