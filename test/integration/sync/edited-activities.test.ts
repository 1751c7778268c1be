import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { textsOf } from '../../../src/hubspot/edited-properties';
import type { StatusDocument } from '../../../src/meeting/status';
import type { SettingsPatch } from '../../../src/meeting/settings';
import { requeue, theMeeting } from '../../../src/store/meetings/requeue';
import { changeSettings } from '../../../src/store/settings/settings';
import { meeting } from '../../support/meetings';
import { startStack, type Stack } from '../../support/stack';
import { TEST_ACTOR } from '../../support/actors';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({});
  await stack.connect();
  stack.sandbox.crm.create('contacts', { email: 'marc.serra@acme.example' });
});
beforeEach(async () => {
  stack.sandbox.faults.clear();
  Object.assign(stack.sandbox.settings, { editorMarkup: false, unansweredProperties: [] });
  await change({ editedActivities: 'keep', joinCalendarMeeting: false });
});
afterAll(() => stack.close());

const change = (patch: SettingsPatch) => changeSettings(stack.product.db, stack.workspaceId, patch, TEST_ACTOR);
const summaryOf = ({ engagements }: StatusDocument) => engagements.summary?.id ?? '';
const notesOf = ({ engagements }: StatusDocument) => engagements.notes?.id ?? '';
const valuesOf = (objectType: string, id: string) => stack.sandbox.crm.get(objectType, id)?.properties ?? {};
const edit = (objectType: string, id: string, properties: Record<string, string>) =>
  stack.sandbox.crm.update(objectType, id, properties);
const changed = (meetingId: string, overview = 'They want it sooner.') =>
  meeting({ meetingId, title: 'Renamed', summary: { overview, topics: [], nextSteps: [] } });
const updates = { method: 'POST', pattern: '/meetings/batch/update$' };

async function overwrite(meetingId: string): Promise<StatusDocument> {
  await requeue(stack.product.db, theMeeting({ workspaceId: stack.workspaceId, meetingId }), 'overwrite');
  await stack.starter.start(stack.workspaceId, meetingId);
  return await stack.until(meetingId, 'synced');
}

test('a body that a person wrote stays at a resync and at an update, and everything else is written', async () => {
  const id = summaryOf(await stack.sync(meeting({ meetingId: 'body' })));
  edit('meetings', id, { hs_meeting_body: '<p>My own remarks</p>' });
  const again = await stack.resync('body');
  expect(again.warnings).toEqual([
    { path: 'hs_meeting_body', message: expect.stringContaining('A person changed the text of the Meeting Summary') },
  ]);
  expect(valuesOf('meetings', id)['hs_meeting_body']).toBe('<p>My own remarks</p>');

  const updated = await stack.sync(changed('body'));
  expect(updated).toMatchObject({ status: 'synced', warnings: [{ path: 'hs_meeting_body' }] });
  expect(valuesOf('meetings', id)).toMatchObject({
    hs_meeting_title: 'Renamed',
    hs_meeting_body: '<p>My own remarks</p>',
  });
});

test.each([
  ['hs_meeting_title', 'What we really talked about'],
  ['hs_meeting_outcome', 'RESCHEDULED'],
  ['hs_timestamp', '2026-11-05T09:00:00Z'],
  ['hs_meeting_body', ''],
])('a person’s %s stays, and the text is updated', async (property, value) => {
  const meetingId = `one-${property}-${value.length}`;
  const id = summaryOf(await stack.sync(meeting({ meetingId })));
  edit('meetings', id, { [property]: value });
  expect((await stack.sync(changed(meetingId))).warnings.map(({ path }) => path)).toEqual([property]);
  expect(valuesOf('meetings', id)[property]).toBe(value);
  const body = valuesOf('meetings', id)['hs_meeting_body'];
  if (property !== 'hs_meeting_body') expect(body).toContain('They want it sooner.');
});

test('a person who writes what the meeting then says keeps nothing from being written', async () => {
  const id = summaryOf(await stack.sync(meeting({ meetingId: 'same' })));
  edit('meetings', id, { hs_meeting_title: 'Renamed' });
  expect((await stack.sync(changed('same'))).warnings).toEqual([]);
  expect(valuesOf('meetings', id)).toMatchObject({
    hs_meeting_title: 'Renamed',
    hs_meeting_body: expect.stringContaining('They want it sooner.'),
  });
});

test('an edited note stays as well, also when the meeting loses its notes', async () => {
  const first = await stack.sync(meeting({ meetingId: 'note' }));
  edit('notes', notesOf(first), { hs_note_body: '<p>Called them</p>' });
  const without = await stack.sync(meeting({ meetingId: 'note', smartCategories: [] }));
  expect(without.engagements.notes?.id).toBe(notesOf(first));
  expect(without.warnings).toEqual([
    { path: 'hs_note_body', message: expect.stringContaining('has nothing more for the Smart Category Notes') },
  ]);
  expect(stack.sandbox.crm.get('notes', notesOf(first))?.archived).toBe(false);
  expect((await overwrite('note')).engagements.notes).toBeNull();
  expect(stack.sandbox.crm.get('notes', notesOf(first))?.archived).toBe(true);
});

test('Overwrite replaces a person’s text once, and the next edit stays again', async () => {
  const id = summaryOf(await stack.sync(meeting({ meetingId: 'over' })));
  const ours = valuesOf('meetings', id)['hs_meeting_body'];
  edit('meetings', id, { hs_meeting_body: '<p>Mine</p>' });
  expect((await stack.resync('over')).warnings).toHaveLength(1);
  expect((await overwrite('over')).warnings).toEqual([]);
  expect(valuesOf('meetings', id)['hs_meeting_body']).toBe(ours);
  edit('meetings', id, { hs_meeting_body: '<p>Mine again</p>' });
  expect((await stack.resync('over')).warnings).toHaveLength(1);
  expect(valuesOf('meetings', id)['hs_meeting_body']).toBe('<p>Mine again</p>');
});

test('the setting overwrite writes over what people changed', async () => {
  const id = summaryOf(await stack.sync(meeting({ meetingId: 'setting' })));
  await change({ editedActivities: 'overwrite' });
  edit('meetings', id, { hs_meeting_title: 'Mine' });
  expect((await stack.sync(changed('setting'))).warnings).toEqual([]);
  expect(valuesOf('meetings', id)['hs_meeting_title']).toBe('Renamed');
});

test('a person who puts our text back has it updated again', async () => {
  const id = summaryOf(await stack.sync(meeting({ meetingId: 'back' })));
  const ours = valuesOf('meetings', id)['hs_meeting_body'] ?? '';
  edit('meetings', id, { hs_meeting_body: '<p>Mine</p>' });
  await stack.resync('back');
  edit('meetings', id, { hs_meeting_body: ours });
  expect((await stack.sync(changed('back'))).warnings).toEqual([]);
  expect(valuesOf('meetings', id)['hs_meeting_body']).toContain('They want it sooner.');
});

test('HubSpot’s own clean-up of a body is no edit, and bold type that a person sets is one', async () => {
  stack.sandbox.settings.editorMarkup = true;
  const id = summaryOf(await stack.sync(meeting({ meetingId: 'markup' })));
  expect(valuesOf('meetings', id)['hs_meeting_body']).toContain('data-top-level');
  expect((await stack.resync('markup')).warnings).toEqual([]);
  expect((await stack.sync(changed('markup'))).warnings).toEqual([]);
  const written = valuesOf('meetings', id)['hs_meeting_body'] ?? '';
  expect(written).toContain('They want it sooner.');
  edit('meetings', id, { hs_meeting_body: written.replace('They want it', '<strong>They want it</strong>') });
  expect((await stack.resync('markup')).warnings.map(({ path }) => path)).toEqual(['hs_meeting_body']);
});

test('what an answer leaves out is read once, so that an edit of it is seen', async () => {
  Object.assign(stack.sandbox.settings, { editorMarkup: true, unansweredProperties: ['hs_meeting_body'] });
  const id = summaryOf(await stack.sync(meeting({ meetingId: 'unanswered' })));
  expect((await stack.sync(changed('unanswered'))).warnings).toEqual([]);
  edit('meetings', id, { hs_meeting_body: '<p>Mine</p>' });
  expect((await stack.resync('unanswered')).warnings.map(({ path }) => path)).toEqual(['hs_meeting_body']);
});

test('a write whose answer was lost is not taken for a person’s, neither a create nor an update', async () => {
  stack.sandbox.settings.editorMarkup = true;
  stack.sandbox.faults.add({
    match: { method: 'POST', pattern: '/meetings/batch/create$' },
    times: 1,
    action: { kind: 'apply-then-cut' },
  });
  const id = summaryOf(await stack.sync(meeting({ meetingId: 'lost' })));
  expect((await stack.status('lost')).warnings).toEqual([]);
  stack.sandbox.faults.add({ match: updates, times: 2, action: { kind: 'apply-then-cut' } });
  expect((await stack.sync(changed('lost'))).warnings).toEqual([]);
  expect((await stack.sync(changed('lost', 'They want it later.'))).warnings).toEqual([]);
  expect(valuesOf('meetings', id)['hs_meeting_body']).toContain('They want it later.');
});

test('a pass that dies between the write and its record is followed by one that knows the write as its own', async () => {
  stack.sandbox.settings.editorMarkup = true;
  const id = summaryOf(await stack.sync(meeting({ meetingId: 'died' })));
  const ledger = () =>
    stack.product.db
      .selectFrom('engagements')
      .select(['answered', 'content_hash', 'written_at'])
      .where('hubspot_id', '=', id)
      .executeTakeFirstOrThrow();
  const before = await ledger();
  await stack.sync(changed('died'));
  // The ledger after a crash: the write was announced and reached HubSpot, but its result is not recorded.
  const died = { answered: JSON.stringify(before.answered), sending: lastSent(id) };
  await stack.product.db
    .updateTable('engagements')
    .set({ ...died, content_hash: before.content_hash, written_at: before.written_at })
    .where('hubspot_id', '=', id)
    .execute();
  expect((await stack.resync('died')).warnings).toEqual([]);

  await stack.product.db.updateTable('engagements').set(died).where('hubspot_id', '=', id).execute();
  edit('meetings', id, { hs_meeting_body: '<p>Mine</p>' });
  expect((await stack.resync('died')).warnings.map(({ path }) => path)).toEqual(['hs_meeting_body']);
});

/** The digests that the product stores before it sends the activity's current text. */
function lastSent(id: string): string {
  const names = ['hs_meeting_title', 'hs_meeting_body'];
  return JSON.stringify(textsOf(Object.fromEntries(names.map((name) => [name, valuesOf('meetings', id)[name] ?? '']))));
}

test('a person’s edit while a lost write is tried again stays', async () => {
  const id = summaryOf(await stack.sync(meeting({ meetingId: 'between' })));
  stack.sandbox.requests.clear();
  stack.sandbox.faults.add({ match: updates, times: 1, action: { kind: 'apply-then-cut' } });
  stack.sandbox.faults.add({
    match: { method: 'POST', pattern: '/meetings/batch/read$' },
    after: 1,
    action: { kind: 'delay', ms: 400 },
  });
  const synced = stack.sync(changed('between'));
  while (stack.sandbox.requests.list({ path: '/meetings/batch/update' }).length === 0) {
    // oxlint-disable-next-line no-await-in-loop -- polling
    await sleep(5);
  }
  await sleep(20);
  edit('meetings', id, { hs_meeting_body: '<p>Mine</p>' });
  expect((await synced).warnings.map(({ path }) => path)).toEqual(['hs_meeting_body']);
  expect(valuesOf('meetings', id)['hs_meeting_body']).toBe('<p>Mine</p>');
});

test('an activity of an earlier version is updated when HubSpot changed nothing since, and kept when it did', async () => {
  const ids = await Promise.all(
    ['old', 'old-edited'].map(async (meetingId) => summaryOf(await stack.sync(meeting({ meetingId })))),
  );
  const hourAgo = new Date(Date.now() - 3_600_000);
  await stack.product.db
    .updateTable('engagements')
    .set({ answered: null, sending: null })
    .where('hubspot_id', 'in', ids)
    .execute();
  expect((await stack.sync(changed('old'))).warnings).toEqual([]);
  expect(valuesOf('meetings', ids[0] ?? '')['hs_meeting_title']).toBe('Renamed');

  await stack.product.db
    .updateTable('engagements')
    .set({ written_at: hourAgo })
    .where('hubspot_id', '=', ids[1] ?? '')
    .execute();
  edit('meetings', ids[1] ?? '', { hs_meeting_body: '<p>Mine</p>' });
  const { warnings } = await stack.sync(changed('old-edited'));
  expect(warnings.map(({ path }) => path)).toContain('hs_meeting_body');
  expect(valuesOf('meetings', ids[1] ?? '')['hs_meeting_body']).toBe('<p>Mine</p>');
});

test('a person’s words inside our part of a calendar meeting stay', async () => {
  await change({ joinCalendarMeeting: true });
  const calendar = stack.sandbox.crm.create('meetings', {
    hs_timestamp: '2026-11-03T09:00:00Z',
    hs_meeting_start_time: '2026-11-03T09:00:00Z',
    hs_meeting_title: 'Acme / Northwind',
    hs_meeting_body: '<p>Agenda</p>',
    hs_i_cal_uid: 'joined@google.com',
  });
  const joined = (overview: string) => ({ ...changed('joined', overview), calendarEventId: 'joined@google.com' });
  expect(summaryOf(await stack.sync(joined('First.')))).toBe(calendar.id);
  expect((await stack.sync(joined('Second.'))).warnings).toEqual([]);
  const body = () => valuesOf('meetings', calendar.id)['hs_meeting_body'] ?? '';
  edit('meetings', calendar.id, { hs_meeting_body: body().replace('Agenda', 'Agenda, moved') });
  expect((await stack.sync(joined('Third.'))).warnings).toEqual([]);
  expect(body()).toMatch(/Agenda, moved.*Third\./s);
  edit('meetings', calendar.id, { hs_meeting_body: body().replace('Third.', 'Third, and mine.') });
  expect((await stack.sync(joined('Fourth.'))).warnings.map(({ path }) => path)).toEqual(['hs_meeting_body']);
  expect(body()).toContain('Third, and mine.');
  expect((await overwrite('joined')).warnings).toEqual([]);
  expect(body()).toMatch(/Agenda, moved.*Fourth\./s);
});
