import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { MeetingSyncClient } from '../../../src/client';
import { createWorkspace } from '../../../src/store/access/workspaces';
import { meeting } from '../../support/meetings';
import { connectWorkspace, startHttpStack, textOf, type Browser, type HttpStack } from './support';

let stack: HttpStack;
let browser: Browser;
let workspaceId: string;
let apiKey: string;
beforeAll(async () => {
  stack = await startHttpStack();
});
afterAll(async () => {
  await stack.close();
});
beforeEach(async () => {
  ({ workspaceId, apiKey } = await createWorkspace(stack.product.db, `List ${Math.random()}`));
  browser = await stack.signIn(apiKey);
});

async function put(
  meetingId: string,
  changes: {
    title?: string;
    startedAt?: string;
    status?: 'synced' | 'needs_attention' | 'skipped' | 'waiting';
    code?: string;
  } = {},
): Promise<void> {
  const { title = meetingId, startedAt = '2026-11-03T10:00:00Z', status = 'synced', code } = changes;
  const body = meeting({ meetingId, title, startedAt, endedAt: startedAt });
  expect((await stack.call('POST', '/api/v1/meetings', body, apiKey)).statusCode).toBe(202);
  await stack.product.db
    .updateTable('meetings')
    .set({
      status,
      sync_requested_at: null,
      portal_id: 7,
      reason: code === undefined ? null : JSON.stringify({ code, message: `Because of ${code}.`, action: 'Fix it.' }),
    })
    .where('workspace_id', '=', workspaceId)
    .where('meeting_id', '=', meetingId)
    .execute();
}

const requested = async () =>
  (
    await stack.product.db
      .selectFrom('meetings')
      .select('meeting_id')
      .where('workspace_id', '=', workspaceId)
      .where('sync_requested_at', 'is not', null)
      .orderBy('meeting_id')
      .execute()
  ).map((row) => row.meeting_id);

/** Sends the list's form, like a browser that shows `page`. */
async function send(page: string, fields: readonly (readonly [string, string])[]): Promise<string> {
  const html = await browser.open(page);
  const hidden = (name: string) =>
    new RegExp(`<form id="list"[\\s\\S]*?name="${name}" value="([^"]*)"`).exec(html)?.[1]?.replaceAll('&amp;', '&') ??
    '';
  const payload = new URLSearchParams([
    ['_csrf', hidden('_csrf')],
    ['back', hidden('back')],
    ...fields.map(([name, value]) => [name, value] as [string, string]),
  ]);
  const answer = await stack.app.inject({
    method: 'POST',
    url: '/meetings/resync',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    cookies: Object.fromEntries(browser.cookies),
    payload: payload.toString(),
  });
  for (const { name, value } of answer.cookies) browser.cookies.set(name, value);
  expect(answer.statusCode).toBe(303);
  return String(answer.headers['location']);
}

test('Filters are part of the address, apply together, and stay in every link', async () => {
  await put('a-1', { title: 'Demo with Beta', startedAt: '2026-11-01T10:00:00Z' });
  await put('a-2', { title: 'Demo with Acme', startedAt: '2026-11-05T10:00:00Z' });
  await put('a-3', { title: 'Kick-off', startedAt: '2026-11-05T10:00:00Z', status: 'skipped', code: 'no_crm_match' });
  const html = await browser.open('/meetings?q=demo&from=2026-11-02&to=2026-11-05&status=synced');
  const text = textOf(html);
  expect(text).toMatch('Demo with Acme');
  expect(text).not.toMatch('Demo with Beta');
  expect(text).toMatch('All 1 On timeline 1');
  expect(html).toMatch('href="/meetings?q=demo&amp;from=2026-11-02&amp;to=2026-11-05"');
  expect(html).toMatch('<input type="search" id="q" name="q" value="demo"');
  expect(textOf(await browser.open('/meetings?reason=no_crm_match'))).toMatch('Kick-off');
  expect(textOf(await browser.open('/meetings?q=marc.serra@acme'))).toMatch('All 3');
});

test('A record is named by its type and id, or by the URL of its page in HubSpot', async () => {
  await put('with');
  await put('without');
  const key = { workspace_id: workspaceId, meeting_id: 'with', portal_id: 7, object_type: 'deals', record_id: '123' };
  const link = {
    ...key,
    via: 'manual' as const,
    from_object_type: null,
    from_record_id: null,
    position: 0,
    refused: null,
  };
  await stack.product.db.insertInto('links').values(link).execute();
  for (const record of ['deals/123', 'https://app-eu1.hubspot.com/contacts/7/record/0-3/123']) {
    const text = textOf(await browser.open(`/meetings?record=${encodeURIComponent(record)}`));
    expect(text).toMatch('All 1');
    expect(text).toMatch('1 deal');
  }
  const faulty = textOf(await browser.open('/meetings?record=deal+123&from=soon'));
  expect(faulty).toMatch('Record must be a type and an id such as deals/123');
  expect(faulty).toMatch('From must be a date such as 2026-11-06');
  expect(faulty).toMatch('All 2');
});

test('The API has the same filters, and the client names them', async () => {
  for (let index = 0; index < 5; index += 1) await put(`c-${index}`, { title: index < 3 ? 'Demo' : 'Call' });
  const address = await stack.app.listen({ host: '127.0.0.1', port: 0 });
  const client = new MeetingSyncClient({ url: address, apiKey });
  const first = await client.list({ q: 'demo', limit: 2, status: 'synced', from: '2026-11-03' });
  expect(first.meetings.map(({ meetingId }) => meetingId)).toEqual(['c-2', 'c-1']);
  expect(first.previousCursor).toBeNull();
  const second = await client.list({ q: 'demo', limit: 2, cursor: first.nextCursor ?? '' });
  expect(second).toMatchObject({ meetings: [{ meetingId: 'c-0' }], nextCursor: null });
  const back = await client.list({ q: 'demo', limit: 2, cursor: second.previousCursor ?? '' });
  expect(back.meetings.map(({ meetingId }) => meetingId)).toEqual(['c-2', 'c-1']);
  expect(await client.list({ to: '2026-11-02' })).toMatchObject({ meetings: [] });
  const described = JSON.stringify((await stack.call('GET', '/api/openapi.json')).json());
  for (const name of ['previousCursor', '"name":"q"', '"name":"record"', '"name":"from"'])
    expect(described).toContain(name);
});

test('Days are those of the HubSpot account', async () => {
  await put('late', { startedAt: '2026-11-03T23:30:00Z' });
  const ids = async (query: string) =>
    (await stack.call('GET', `/api/v1/meetings?${query}`, undefined, apiKey)).json<{ meetings: unknown[] }>().meetings
      .length;
  expect([await ids('from=2026-11-04'), await ids('to=2026-11-03')]).toEqual([0, 1]);
  await connectWorkspace(stack.product.db, workspaceId);
  expect([await ids('from=2026-11-04'), await ids('to=2026-11-03')]).toEqual([1, 0]);
});

test('One, several, or all meetings with one reason run again, and a sentence counts them', async () => {
  await connectWorkspace(stack.product.db, workspaceId);
  await put('one', { status: 'needs_attention', code: 'hubspot_rejected' });
  await put('two', { status: 'needs_attention', code: 'hubspot_rejected' });
  await put('three', { status: 'needs_attention', code: 'missing_scope' });
  await put('four', { status: 'skipped', code: 'no_crm_match' });
  await put('five');
  const withReason = async (code: string) => textOf(await browser.open(`/meetings?reason=${code}`));
  expect(await withReason('hubspot_rejected')).toMatch('HubSpot refused to save it 2 meetings Retry all');
  expect(await withReason('missing_scope')).toMatch(
    /A HubSpot permission is missing 1 meeting Reconnect HubSpot (?!Retry)/,
  );
  expect(textOf(await browser.open('/meetings'))).toMatch('All 5 Needs you 3 On timeline 1 Not in HubSpot 1');

  const startsBefore = stack.started.length;
  expect(await send('/meetings?status=synced', [['only', 'five']])).toBe('/meetings?state=on_timeline');
  expect(await requested()).toEqual(['five']);
  expect(stack.started.slice(startsBefore)).toEqual([`${workspaceId}/five`]);
  expect(textOf(await browser.open('/meetings'))).toMatch('Syncing 1 meeting again.');

  expect(await send('/meetings?q=o', [['reason', 'hubspot_rejected']])).toBe('/meetings?q=o');
  expect(await requested()).toEqual(['five', 'one', 'two']);
  expect(textOf(await browser.open('/meetings'))).toMatch('Syncing 2 meetings again: “HubSpot refused to save it”.');

  await send('/meetings', [
    ['meeting', 'three'],
    ['meeting', 'four'],
    ['meeting', 'unknown'],
    ['meeting', "'; drop"],
  ]);
  expect(await requested()).toEqual(['five', 'four', 'one', 'three', 'two']);
  expect(textOf(await browser.open('/meetings'))).toMatch('Syncing 2 meetings again.');

  await send('/meetings', []);
  expect(textOf(await browser.open('/meetings'))).toMatch('You did not select a meeting.');
});

test('Without HubSpot the list offers to connect it, and nothing that would only wait', async () => {
  await put('one', { status: 'needs_attention', code: 'hubspot_rejected' });
  await put('two', { status: 'skipped', code: 'no_crm_match' });
  const text = textOf(await browser.open('/meetings?reason=hubspot_rejected'));
  expect(text).toMatch('HubSpot refused to save it 1 meeting Connect HubSpot');
  expect(textOf(await browser.open('/meetings'))).not.toMatch(/Retry|Sync selected|Create contacts/);
});

test('Skipped meetings run again by their reason, if it is requested', async () => {
  await put('skipped', { status: 'skipped', code: 'meeting_excluded' });
  await put('waits', { status: 'waiting', code: 'daily_limit' });
  expect(textOf(await browser.open('/meetings'))).not.toMatch('Retry all');
  expect(textOf(await browser.open('/meetings?reason=meeting_excluded'))).toMatch(
    /Excluded by the settings 1 meeting Open the settings (?!Retry)/,
  );
  await send('/meetings', [['reason', 'meeting_excluded']]);
  expect(await requested()).toEqual(['skipped']);
});

test('The form leads back only to the list, and affects no other workspace', async () => {
  await put('mine');
  const other = await createWorkspace(stack.product.db, `Other ${Math.random()}`);
  await stack.call('POST', '/api/v1/meetings', meeting({ meetingId: 'theirs' }), other.apiKey);
  await stack.product.db
    .updateTable('meetings')
    .set({ sync_requested_at: null })
    .where('workspace_id', '=', other.workspaceId)
    .execute();
  expect(
    await send('/meetings', [
      ['meeting', 'theirs'],
      ['back', '//evil.example'],
    ]),
  ).toBe('/meetings');
  expect(await send('/meetings', [['only', 'theirs']])).toBe('/meetings');
  const { sync_requested_at: untouched } = await stack.product.db
    .selectFrom('meetings')
    .select('sync_requested_at')
    .where('workspace_id', '=', other.workspaceId)
    .executeTakeFirstOrThrow();
  expect(untouched).toBeNull();
  expect(textOf(await browser.open('/meetings?q=theirs'))).toMatch('No meetings match.');

  const forged = await browser.post('/meetings/resync', { only: 'mine' });
  expect(forged.statusCode).toBe(403);
  expect(await requested()).toEqual([]);
});
