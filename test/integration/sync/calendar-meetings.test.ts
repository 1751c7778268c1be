import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { SettingsPatch } from '../../../src/meeting/settings';
import { countSparedDoubles } from '../../../src/store/engagements/calendar-doubles';
import { requestDeletion } from '../../../src/store/meetings/delete-meeting';
import { changeSettings } from '../../../src/store/settings/settings';
import { meeting } from '../../support/meetings';
import { startStack, type Stack } from '../../support/stack';
import { TEST_ACTOR } from '../../support/actors';

let stack: Stack;
let contactId: string;
beforeAll(async () => {
  stack = await startStack({});
  await stack.connect();
  contactId = stack.sandbox.crm.create('contacts', { email: 'marc.serra@acme.example' }).id;
});
beforeEach(async () => {
  stack.sandbox.faults.clear();
  stack.sandbox.settings.searchLagMs = 0;
  await change({ joinCalendarMeeting: true, oneRecordingPerMeeting: false, summaryType: 'meeting' });
});
afterAll(() => stack.close());

const change = (patch: SettingsPatch) => changeSettings(stack.product.db, stack.workspaceId, patch, TEST_ACTOR);
const agenda = '<p>Agenda: <strong>pilot</strong></p>';

/** A meeting without associations, as HubSpot's calendar sync creates it. */
function calendarMeeting(uid: string, properties: Record<string, string> = {}) {
  return stack.sandbox.crm.create('meetings', {
    hs_timestamp: '2026-11-03T09:00:00Z',
    hs_meeting_start_time: '2026-11-03T09:00:00Z',
    hs_meeting_title: 'Acme / Northwind',
    hs_meeting_outcome: 'SCHEDULED',
    hs_meeting_body: agenda,
    hs_i_cal_uid: uid,
    ...properties,
  });
}
const bodyOf = (id: string | undefined) =>
  stack.sandbox.crm.get('meetings', id ?? '')?.properties['hs_meeting_body'] ?? '';
const parts = (id: string | undefined) => bodyOf(id).match(/━━━ Meeting Summary ━━━/g)?.length ?? 0;
const recorded = (meetingId: string, uid = `${meetingId}@google.com`, changes = {}) =>
  meeting({ meetingId, calendarEventId: uid, ...changes });

async function erase(meetingId: string) {
  await requestDeletion(stack.product.db, stack.workspaceId, meetingId);
  await stack.starter.start(stack.workspaceId, meetingId);
  return await stack.until(meetingId, 'deleted');
}

test('the summary is written into the calendar meeting, and only its body and associations change', async () => {
  const { crm } = stack.sandbox;
  const calendar = calendarMeeting('c1@google.com');
  const before = crm.get('meetings', calendar.id)?.properties ?? {};
  const document = await stack.sync(recorded('c1'));
  expect(document).toMatchObject({
    status: 'synced',
    engagements: { summary: { objectType: 'meetings', id: calendar.id } },
  });
  expect(bodyOf(calendar.id).startsWith(`${agenda}<p>━━━ Meeting Summary ━━━</p>`)).toBe(true);
  expect(bodyOf(calendar.id)).toContain('AI Score: 82/100');
  const after = crm.get('meetings', calendar.id)?.properties ?? {};
  for (const name of [
    'hs_meeting_title',
    'hs_meeting_outcome',
    'hubspot_owner_id',
    'hs_timestamp',
    'hs_meeting_external_url',
  ])
    expect([name, after[name]]).toEqual([name, before[name]]);
  expect(
    crm.timeline('contacts', contactId).filter(({ properties }) => JSON.stringify(properties).includes('/c1?')),
  ).toHaveLength(2);

  // A person writes above and below our part. The next write replaces the part in its place.
  crm.update('meetings', calendar.id, {
    hs_meeting_body: `<p>Moved up</p>${bodyOf(calendar.id)}<p>They signed.</p>`,
  });
  const changed = await stack.sync(
    recorded('c1', undefined, { summary: { overview: 'Shorter.', topics: [], nextSteps: [] } }),
  );
  expect(changed.engagements).toEqual(document.engagements);
  expect(parts(calendar.id)).toBe(1);
  expect(bodyOf(calendar.id)).toMatch(/^<p>Moved up<\/p><p>Agenda: .*<p>Shorter\.<\/p>.*<p>They signed\.<\/p>$/);

  await erase('c1');
  expect(crm.get('meetings', calendar.id)).toMatchObject({ archived: false });
  expect(bodyOf(calendar.id)).toBe(`<p>Moved up</p>${agenda}<p>They signed.</p>`);
  expect(crm.associations('meetings', calendar.id, 'contacts')).toEqual([]);
});

test('earlier associations stay when the summary is removed from the calendar meeting', async () => {
  const { crm } = stack.sandbox;
  const calendar = calendarMeeting('c2@google.com');
  crm.associate('meetings', calendar.id, 'contacts', contactId);
  const other = crm.create('contacts', { email: 'laia@acme.example' });
  const both = [{ email: 'marc.serra@acme.example' }, { email: 'laia@acme.example' }];
  // The ledger records the write although the response to the association is lost.
  stack.sandbox.faults.add({
    match: { method: 'POST', pattern: '/meetings/contacts/batch/associate/default$' },
    times: 1,
    action: { kind: 'apply-then-cut' },
  });
  await stack.sync(recorded('c2', undefined, { participants: both }));
  const associated = () => crm.associations('meetings', calendar.id, 'contacts').map((to) => to.id);
  expect(associated().toSorted()).toEqual([contactId, other.id].toSorted());
  await stack.resync('c2');
  await erase('c2');
  expect(associated()).toEqual([contactId]);
});

test.each([
  ['applied, then cut', { kind: 'apply-then-cut' as const }],
  ['cut before it is applied', { kind: 'cut' as const }],
  ['applied, then 500', { kind: 'apply-then-500' as const }],
])('our part is written once when the response to the update is lost: %s', async (name, action) => {
  const uid = `lost-${name.replaceAll(/\W+/g, '-')}`;
  const calendar = calendarMeeting(uid);
  stack.sandbox.faults.add({ match: { method: 'POST', pattern: '/meetings/batch/update$' }, times: 2, action });
  await stack.post(recorded(uid, uid));
  const document = await stack.until(uid, 'synced');
  expect(document).toMatchObject({ engagements: { summary: { id: calendar.id } } });
  expect(parts(calendar.id)).toBe(1);
  // The state that a process leaves when it dies between HubSpot's response and the ledger's row.
  await stack.product.db
    .updateTable('engagements')
    .set({ content_hash: null })
    .where('hubspot_id', '=', calendar.id)
    .execute();
  await stack.sync(recorded(uid, uid, { title: 'Again' }));
  expect(parts(calendar.id)).toBe(1);
  expect(bodyOf(calendar.id).startsWith(agenda)).toBe(true);
});

test.each<[string, string, Record<string, string>, boolean]>([
  ['a start a few minutes before the recording', 'near', { hs_meeting_start_time: '2026-11-03T08:52:00Z' }, true],
  ['no start, but its place on the timeline', 'place', { hs_meeting_start_time: '' }, true],
  ['an id in capitals', 'CAPITALS-040000008200E0', {}, true],
  [
    'another occurrence of the series',
    'series',
    { hs_meeting_start_time: '2026-11-10T09:00:00Z', hs_timestamp: '2026-11-10T09:00:00Z' },
    false,
  ],
])('a calendar meeting with %s', async (_, uid, properties, joins) => {
  const calendar = calendarMeeting(uid, properties);
  const document = await stack.sync(recorded(`o-${uid}`, uid));
  expect(document.status).toBe('synced');
  expect(document.engagements.summary?.id === calendar.id).toBe(joins);
  expect(parts(calendar.id)).toBe(joins ? 1 : 0);
});

test('the right occurrence of a series is chosen, and an archived search result is not', async () => {
  const weeks = ['2026-10-27T10:00:00Z', '2026-11-03T09:00:00Z', '2026-11-10T10:00:00Z'].map((start) =>
    calendarMeeting('weekly', { hs_timestamp: start, hs_meeting_start_time: start }),
  );
  expect((await stack.sync(recorded('weekly', 'weekly'))).engagements.summary?.id).toBe(weeks[1]?.id);

  const gone = calendarMeeting('gone');
  stack.sandbox.settings.searchLagMs = 60_000;
  stack.sandbox.crm.archive('meetings', gone.id);
  const document = await stack.sync(recorded('gone', 'gone'));
  expect(document.status).toBe('synced');
  expect(document.engagements.summary?.id).not.toBe(gone.id);
});

test("long calendar ids are split over as many searches as HubSpot's limits require", async () => {
  const uids = Array.from({ length: 7 }, (_, index) => `${String(index)}${'A1"'.repeat(330)}@outlook.example`);
  const calendars = uids.map((uid) => calendarMeeting(uid));
  stack.sandbox.requests.clear();
  const documents = await Promise.all(uids.map((uid, index) => stack.sync(recorded(`long-${index}`, uid))));
  expect(documents.map(({ engagements }) => engagements.summary?.id)).toEqual(calendars.map(({ id }) => id));
  const searches = stack.sandbox.requests.list({ path: '/meetings/search' });
  expect(searches.map(({ status }) => status)).toEqual(searches.map(() => 200));
});

test('a calendar meeting with a full body is not changed, and the summary is written separately', async () => {
  const calendar = calendarMeeting('full', { hs_meeting_body: `<p>${'a'.repeat(65_480)}</p>` });
  const document = await stack.sync(recorded('full', 'full'));
  expect(document.status).toBe('synced');
  expect(document.engagements.summary?.id).not.toBe(calendar.id);
  expect(parts(calendar.id)).toBe(0);
});

test('the second recording of an event does not use the same calendar meeting', async () => {
  const calendar = calendarMeeting('twice');
  const [first, second] = [await stack.sync(recorded('t1', 'twice')), await stack.sync(recorded('t2', 'twice'))];
  expect(first.engagements.summary?.id).toBe(calendar.id);
  expect(second.status).toBe('synced');
  expect(second.engagements.summary?.id).not.toBe(calendar.id);
  expect(parts(calendar.id)).toBe(1);
  await erase('t2');
  expect(parts(calendar.id)).toBe(1);
});

test('a calendar meeting or a part that a person deletes is not replaced until a resync', async () => {
  const { crm } = stack.sandbox;
  const deleted = calendarMeeting('d1');
  await stack.sync(recorded('d1', 'd1'));
  crm.archive('meetings', deleted.id);
  const missing = await stack.sync(recorded('d1', 'd1', { language: 'es' }));
  expect(missing).toMatchObject({
    status: 'synced',
    reason: { code: 'deleted_in_hubspot', message: expect.stringContaining('in the calendar meeting') },
    engagements: { summary: null, notes: { objectType: 'notes' } },
  });
  const recreated = await stack.resync('d1');
  expect(recreated).toMatchObject({ status: 'synced', reason: null });
  expect(recreated.engagements.summary?.id).not.toBe(deleted.id);
  expect(crm.get('meetings', recreated.engagements.summary?.id ?? '')?.properties['hs_meeting_external_url']).toContain(
    '/d1?',
  );

  const kept = calendarMeeting('d2');
  await stack.sync(recorded('d2', 'd2'));
  crm.update('meetings', kept.id, { hs_meeting_body: agenda });
  const without = await stack.sync(
    recorded('d2', 'd2', { title: 'x', summary: { overview: 'New.', topics: [], nextSteps: [] } }),
  );
  expect(without).toMatchObject({ reason: { code: 'deleted_in_hubspot' }, engagements: { summary: null } });
  expect(bodyOf(kept.id)).toBe(agenda);
  expect((await stack.resync('d2')).engagements.summary?.id).toBe(kept.id);
  expect(parts(kept.id)).toBe(1);
});

test('without the setting, no sync searches for calendar meetings, and a reconciliation counts the duplicates', async () => {
  await change({ joinCalendarMeeting: false });
  const before = await countSparedDoubles(stack.product.db, stack.workspaceId);
  const calendar = calendarMeeting('spared');
  stack.sandbox.requests.clear();
  const document = await stack.sync(recorded('spared', 'spared'));
  expect(document.engagements.summary?.id).not.toBe(calendar.id);
  expect(stack.sandbox.requests.list({ path: '/meetings/search' })).toEqual([]);
  await stack.sync(recorded('not-spared', 'not-spared'));
  const unchecked = await countSparedDoubles(stack.product.db, stack.workspaceId);
  expect(unchecked).toEqual({ ...before, unchecked: before.unchecked + 2 });

  await stack.reconcile();
  const counted = await countSparedDoubles(stack.product.db, stack.workspaceId);
  expect(counted.unchecked).toBe(0);
  // Other tests of this file may have created more duplicates.
  expect(counted.doubles).toBeGreaterThanOrEqual(1);
  const rows = await stack.product.db
    .selectFrom('meetings')
    .select(['meeting_id', 'beside_calendar_meeting'])
    .where('meeting_id', 'in', ['spared', 'not-spared'])
    .orderBy('meeting_id')
    .execute();
  expect(rows.map((row) => row.beside_calendar_meeting)).toEqual([false, true]);
});
