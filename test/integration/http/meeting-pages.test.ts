import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { findPlanRows } from '../../../src/store/plan-rows';
import { saveParticipants } from '../../../src/store/mirror/mirror';
import { savePassWarnings } from '../../../src/store/meetings/warnings';
import { createWorkspace } from '../../../src/store/access/workspaces';
import { meeting } from '../../support/meetings';
import { deleteConnection } from '../../../src/store/connections/connections';
import { connectWorkspace, startHttpStack, textOf, type Browser, type HttpStack } from './support';

let stack: HttpStack;
let browser: Browser;
beforeAll(async () => {
  stack = await startHttpStack();
  browser = await stack.signIn();
});
afterAll(async () => {
  await stack.close();
});

async function post(meetingId: string, title: string, apiKey?: string): Promise<void> {
  expect((await stack.call('POST', '/api/v1/meetings', meeting({ meetingId, title }), apiKey)).statusCode).toBe(202);
}

/** Creates a workspace. Returns its key, and a browser that is signed in to it. */
async function elsewhere(name: string): Promise<{ browser: Browser; apiKey: string }> {
  const { apiKey } = await createWorkspace(stack.product.db, name);
  return { browser: await stack.signIn(apiKey), apiKey };
}

test('An empty list explains how to post meetings', async () => {
  const { browser: empty } = await elsewhere('Empty');
  expect(textOf(await empty.open('/meetings'))).toMatch('No meetings yet.');
});

test('The list shows title, time and status, and a title is never HTML', async () => {
  const { browser: reader, apiKey } = await elsewhere('Listed');
  await post('m-1', '<img src=x onerror=alert(1)> & "friends"', apiKey);
  const html = await reader.open('/meetings');
  expect(html).not.toMatch('<img src=x');
  const text = textOf(html);
  expect(text).toMatch('<img src=x onerror=alert(1)> & "friends"');
  expect(text).toMatch('Times in UTC');
  expect(text).toMatch('Queued AI score 82/100 Tue 3 Nov, 09:00');
  expect(text).toMatch('friends" Marc Serra');
  expect(html).toMatch('href="/meetings/m-1"');
  expect(textOf(await reader.open('/meetings?state=on_timeline'))).toMatch('No meetings match.');
  expect(textOf(await reader.open('/meetings?status=made-up'))).toMatch('friends');
});

test('A meeting shows what was dropped from it', async () => {
  await post('m-warned', 'Warned');
  const key = { workspaceId: stack.workspaceId, meetingId: 'm-warned' };
  await savePassWarnings(stack.product.db, key, 'owner', [
    { path: 'hubspot_owner_id', message: '<Ana> is deactivated.' },
  ]);
  const text = textOf(await browser.open('/meetings/m-warned'));
  expect(text).toMatch('Warnings These parts were not written');
  expect(text).toMatch('hubspot_owner_id <Ana> is deactivated.');
  await post('m-clean', 'Clean');
  expect(textOf(await browser.open('/meetings/m-clean'))).not.toMatch('Warnings');
});

test('A meeting shows its tasks and what became of them', async () => {
  await post('m-tasks', 'With tasks');
  const { db } = stack.product;
  const account = { workspace_id: stack.workspaceId, meeting_id: 'm-tasks', portal_id: 7 };
  await db.updateTable('meetings').set({ portal_id: 7 }).where('meeting_id', '=', 'm-tasks').execute();
  const addTask = async (position: number, text: string, became: { completed_at?: Date; deleted_at?: Date }) => {
    const { deleted_at: deletedAt = null, completed_at: completedAt = null } = became;
    const key = { ...account, kind: `task:${position}` } as const;
    const step = {
      step_id: null,
      text_key: text,
      text,
      position,
      owner_email: 'a@x.example',
      due_at: '2026-11-05T08:00:00Z',
    };
    await db
      .insertInto('step_tasks')
      .values({ ...key, ...step, completed_at: completedAt })
      .execute();
    const url = `https://app.hubspot.com/tasks/7/view/all/task/9${position}`;
    const written = { state: 'written', object_type: 'tasks', hubspot_id: `9${position}`, url } as const;
    await db
      .insertInto('engagements')
      .values({ ...key, ...written, deleted_at: deletedAt })
      .execute();
  };
  await addTask(0, 'Send <it>', {});
  await addTask(1, 'Call', { completed_at: new Date() });
  await addTask(2, 'Write', { deleted_at: new Date() });
  const html = await browser.open('/meetings/m-tasks');
  expect(textOf(html)).toMatch('Send <it> Not done yet Call Done Write Deleted in HubSpot');
  expect(html).toMatch('href="https://app.hubspot.com/tasks/7/view/all/task/90"');
  expect(html).not.toMatch('task/92');
});

test('A meeting that needs attention shows why and what to do', async () => {
  await post('m-2', 'Stopped');
  const settings = 'https://app.hubspot.com/property-settings/7/properties?type=0-47&search=hs_meeting_title';
  const refusal = {
    raw: 'Property values were not valid: [{"name":"hs_meeting_title"}]',
    correlationId: 'c-1',
    properties: [{ name: 'hs_meeting_title', rule: 'too long', settings }],
    objectType: 'meetings',
  };
  const reason = { code: 'hubspot_rejected', message: 'HubSpot refused <it>.', action: 'Ask an admin.', refusal };
  await stack.product.db
    .updateTable('meetings')
    .set({
      status: 'needs_attention',
      reason: JSON.stringify(reason),
      run_id: 'run-1',
      unmatched: JSON.stringify([{ name: 'Marc', email: 'marc@acme.example' }]),
    })
    .where('meeting_id', '=', 'm-2')
    .execute();
  const html = await browser.open('/meetings/m-2');
  const text = textOf(html);
  expect(text).toMatch('Needs you');
  expect(text).toMatch('HubSpot refused <it>. Ask an admin.');
  expect(text).toMatch('Open the property hs_meeting_title in HubSpot Technical details');
  expect(text).toMatch('[{"name":"hs_meeting_title"}] Correlation ID c-1');
  expect(html).toMatch(`href="${settings.replace('&', '&amp;')}"`);
  expect(text).toMatch('Marc <marc@acme.example>');
  expect(html).toMatch(
    `href="http://localhost:8233/namespaces/default/workflows/${encodeURIComponent(`sync-meeting:${stack.workspaceId}:m-2`)}/run-1/history"`,
  );
});

test('Links show the rule that chose them', async () => {
  await post('m-3', 'Linked');
  const key = { workspace_id: stack.workspaceId, meeting_id: 'm-3', portal_id: 7 };
  await stack.product.db
    .insertInto('links')
    .values([
      {
        ...key,
        object_type: 'contacts',
        record_id: '101',
        via: 'participant',
        from_object_type: null,
        from_record_id: null,
        position: 0,
        refused: null,
      },
      {
        ...key,
        object_type: 'companies',
        record_id: '202',
        via: 'cascade',
        from_object_type: 'contacts',
        from_record_id: '101',
        position: 1,
        refused: null,
      },
    ])
    .execute();
  await stack.product.db
    .updateTable('meetings')
    .set({ portal_id: 7, status: 'synced' })
    .where('meeting_id', '=', 'm-3')
    .execute();
  const text = textOf(await browser.open('/meetings/m-3'));
  expect(text).toMatch('On 2 records, and why Contact Contact 101 took part Company Company 202 their company');
});

test('Sync again from the page', async () => {
  await connectWorkspace(stack.product.db, stack.workspaceId);
  await post('m:4', 'Again');
  const startsBefore = stack.started.length;
  const answer = await browser.press('/meetings/m%3A4', '/meetings/m%3A4/resync');
  expect(answer.statusCode).toBe(303);
  expect(textOf(await browser.open(String(answer.headers['location'])))).toMatch('Syncing again.');
  expect(stack.started.slice(startsBefore)).toEqual([`${stack.workspaceId}/m:4`]);
  await deleteConnection(stack.product.db, stack.workspaceId);
});

test('A contact is requested from the page, and the sync is left to create it', async () => {
  await post('m-contact', 'Contact');
  const key = { workspaceId: stack.workspaceId, meetingId: 'm-contact' };
  const request = async (email: string) => {
    const token = /name="_csrf" value="(?<token>[^"]+)"/.exec(await browser.open('/meetings/m-contact'))?.groups?.[
      'token'
    ];
    await browser.post('/meetings/m-contact/contact', { _csrf: token ?? '', email });
    return textOf(await browser.open('/meetings/m-contact'));
  };
  await saveParticipants(stack.product.db, key, [{ email: 'marc@acme.example', domain: 'acme.example' }]);
  expect(await request('eve@elsewhere.example')).toMatch('No external participant of this meeting has that address.');
  expect((await findPlanRows(stack.product.db, key, 0))?.requestedContacts).toEqual([]);
  const startsBefore = stack.started.length;
  expect(await request('Marc@Acme.example')).toMatch('The sync creates the contact marc@acme.example.');
  expect((await findPlanRows(stack.product.db, key, 0))?.requestedContacts).toEqual(['marc@acme.example']);
  expect(stack.started.slice(startsBefore)).toEqual([`${stack.workspaceId}/m-contact`]);
});

/** The address that a page polls, or undefined when it does not poll. */
function liveUrl(html: string, seconds = 2): string | undefined {
  const live = new RegExp(`hx-get="(?<url>[^"]+)" hx-trigger="every ${seconds}s"`);
  return live.exec(html)?.groups?.['url']?.replaceAll('&amp;', '&');
}

async function put(meetingId: string, status: 'accepted' | 'syncing' | 'waiting' | 'synced' | 'needs_attention') {
  await stack.product.db.updateTable('meetings').set({ status }).where('meeting_id', '=', meetingId).execute();
}

test('A page polls while the sync is running, gets no repeated content, and stops when the sync ends', async () => {
  await post('live:1', 'Under way');
  for (const status of ['accepted', 'syncing', 'waiting'] as const) {
    await put('live:1', status);
    const html = await browser.open('/meetings/live:1');
    expect(html).toMatch(/<script src="\/assets\/htmx\/htmx\.min\.js\?v=[\w-]+" defer><\/script>/);
    const url = liveUrl(html) ?? '';
    expect(url).toMatch(/^\/meetings\/live%3A1\?seen=[\w-]{16}&first=[\w-]*$/);
    const same = await browser.poll(url);
    expect({ status: same.statusCode, body: same.body }).toEqual({ status: 204, body: '' });
    // When a person opens the polled address, it returns the whole page.
    expect(liveUrl(await browser.open(url))).toBe(url);
    await put('live:1', 'synced');
    const changed = await browser.poll(url);
    expect(textOf(changed.body)).toMatch('On timeline');
    expect(liveUrl(changed.body)).toBeUndefined();
  }
});

test('A page without a running sync asks only for the state of the connection', async () => {
  await post('ended', 'Ended');
  for (const status of ['synced', 'needs_attention'] as const) {
    await put('ended', status);
    const html = await browser.open('/meetings/ended');
    expect(liveUrl(html)).toBeUndefined();
    const follow = /hx-get="(?<url>\/follow[^"]+)"/.exec(html)?.groups?.['url']?.replaceAll('&amp;', '&') ?? '';
    expect((await browser.poll(follow)).statusCode).toBe(204);
  }
});

test('The list polls with its own filter and page, often while a sync is running and rarely otherwise', async () => {
  const { browser: lively, apiKey } = await elsewhere('Lively');
  await post('lively-1', 'One', apiKey);
  await post('lively-2', 'Two', apiKey);
  const end = async (meetingId: string) =>
    await stack.product.db
      .updateTable('meetings')
      .set({ status: 'synced', sync_requested_at: null })
      .where('meeting_id', '=', meetingId)
      .execute();
  await end('lively-1');
  expect(liveUrl(await lively.open('/meetings'))).toMatch(/^\/meetings\?seen=/);
  expect(liveUrl(await lively.open('/meetings?status=accepted'))).toMatch(/^\/meetings\?state=in_progress&seen=/);
  expect(textOf(await lively.open('/meetings?state=on_timeline'))).toMatch('Syncing 1 meeting.');
  await end('lively-2');
  expect(liveUrl(await lively.open('/meetings?q=one&colour=red'), 10)).toMatch(/^\/meetings\?q=one&seen=/);
});

test('A poll does not use up the message of the last action, and writes no log line', async () => {
  await connectWorkspace(stack.product.db, stack.workspaceId);
  await post('polled', 'Polled');
  const url = liveUrl(await browser.open('/meetings/polled')) ?? '';
  await browser.press('/meetings/polled', '/meetings/polled/resync');
  await put('polled', 'syncing');
  const lines = stack.logLines.length;
  expect((await browser.poll(url)).body).not.toMatch('Syncing again.');
  expect(stack.logLines.slice(lines).filter((line) => line.includes('"level":30'))).toEqual([]);
  expect(textOf(await browser.open('/meetings/polled'))).toMatch('Syncing again.');
  await deleteConnection(stack.product.db, stack.workspaceId);
});

test('A poll for a deleted meeting, or without a session, makes the browser load the page', async () => {
  const url = '/meetings/gone?seen=x';
  const gone = await browser.poll(url);
  expect({ status: gone.statusCode, refresh: gone.headers['hx-refresh'] }).toEqual({ status: 404, refresh: 'true' });
  const stranger = await stack.app.inject({ url, headers: { 'hx-request': 'true' } });
  expect({ status: stranger.statusCode, refresh: stranger.headers['hx-refresh'] }).toEqual({
    status: 401,
    refresh: 'true',
  });
  expect((await browser.get(url)).headers['hx-refresh']).toBeUndefined();
});

test('More meetings than fit on a page', async () => {
  const { browser: many, apiKey } = await elsewhere('Many');
  for (let index = 0; index < 30; index += 1) await post(`many-${index}`, `Meeting ${index}`, apiKey);
  const first = await many.open('/meetings?state=in_progress&sort=oldest');
  expect(textOf(first)).toMatch('Meeting 0 ');
  const older = /href="(?<older>\/meetings\?[^"]*cursor=[^"]+)">Next/.exec(first)?.groups?.['older'] ?? '';
  const second = textOf(await many.open(older.replaceAll('&amp;', '&')));
  expect(second).toMatch('Meeting 9 ');
  expect(second).not.toMatch('Meeting 0 ');
  expect(second).not.toMatch('Next page');
  expect(second).toMatch('Previous page');
});

test("Another workspace's meeting, an unknown one and a made-up cursor are pages with a sentence", async () => {
  const { apiKey } = await createWorkspace(stack.product.db, 'Elsewhere');
  await post('theirs', 'Theirs', apiKey);
  for (const url of ['/meetings/theirs', '/meetings/unknown', '/meetings/a%00b']) {
    const answer = await browser.get(url);
    expect(answer.statusCode).toBe(404);
    expect(textOf(answer.body)).toMatch('This workspace has no meeting');
  }
  const answer = await browser.get('/meetings?cursor=made-up');
  expect(answer.statusCode).toBe(400);
  expect(textOf(answer.body)).toMatch('Go to the start page');
});

test('Text that looks like HTML stays text, in a meeting and in the answers of HubSpot', async () => {
  const evil = '<script>alert(1)</script><img src=x onerror=alert(1)>"\'';
  const body = meeting({
    meetingId: 'evil',
    title: evil,
    participants: [{ email: 'eve@acme.example', name: evil }],
    summary: { overview: evil, topics: [{ title: evil }], nextSteps: [] },
    smartCategories: [{ name: evil, items: [{ kind: 'note', text: evil }] }],
  });
  expect((await stack.call('POST', '/api/v1/meetings', body)).statusCode).toBe(202);
  await stack.product.db
    .updateTable('meetings')
    .set({ status: 'skipped', unmatched: JSON.stringify([{ name: evil, email: 'eve@acme.example' }]) })
    .where('meeting_id', '=', 'evil')
    .execute();
  const html = await browser.open('/meetings/evil');
  expect(html).not.toMatch(/<script(?! src="\/assets)/);
  expect(html).not.toMatch('<img src=x');
  expect(textOf(html)).toMatch('Main topics <script>alert(1)</script><img src=x onerror=alert(1)>');
});

test('Removing from HubSpot asks first, and then shows its progress', async () => {
  await post('back', 'To be removed');
  expect(textOf(await browser.open('/meetings/back/remove'))).toMatch(
    'Remove this meeting from HubSpot? To be removed',
  );
  const answer = await browser.press('/meetings/back/remove', '/meetings/back/remove');
  expect(answer.statusCode).toBe(303);
  const html = await browser.open('/meetings/back');
  expect(textOf(html)).toMatch('This meeting is being deleted. Its content is already deleted here');
  expect(html).not.toMatch('/meetings/back/resync');
});

test('Links are changed only with a connection, and the record of a form is validated', async () => {
  await post('unconnected', 'Unconnected');
  expect(await browser.open('/meetings/unconnected')).not.toMatch('Link a record');
  const token =
    /name="_csrf" value="(?<token>[^"]+)"/.exec(await browser.open('/meetings/unconnected'))?.groups?.['token'] ?? '';
  const link = async (fields: Record<string, string>) =>
    await browser.post('/meetings/unconnected/link', { _csrf: token, ...fields });
  expect((await link({ objectType: 'deals', recordId: '1' })).statusCode).toBe(303);
  expect(textOf(await browser.open('/meetings/unconnected'))).toMatch('Records are linked in a HubSpot account');
  for (const fields of [
    { objectType: 'tickets', recordId: '1' },
    { objectType: 'deals', recordId: '../1' },
  ])
    expect((await link(fields)).statusCode).toBe(400);
  expect((await browser.post('/meetings/unconnected/link', { objectType: 'deals', recordId: '1' })).statusCode).toBe(
    403,
  );
  expect(await stack.product.db.selectFrom('manual_links').selectAll().execute()).toEqual([]);
});
