import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { SettingsPatch } from '../../../src/meeting/settings';
import { requestDeletion } from '../../../src/store/meetings/delete-meeting';
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
beforeEach(() => change({ oneRecordingPerMeeting: false }));
afterAll(() => stack.close());

const change = (patch: SettingsPatch) => changeSettings(stack.product.db, stack.workspaceId, patch, TEST_ACTOR);
const recorded = (meetingId: string, calendarEventId: string, changes = {}) =>
  meeting({ meetingId, calendarEventId, ...changes });
const activitiesOf = (meetingId: string) =>
  ['meetings', 'notes'].flatMap((objectType) =>
    stack.sandbox.crm
      .list(objectType)
      .filter(({ archived, properties }) => !archived && JSON.stringify(properties).includes(`/${meetingId}?`)),
  );

/** Runs the server's sweeps until the meeting's document meets the condition. */
async function swept(meetingId: string, isSo: (document: Awaited<ReturnType<Stack['status']>>) => boolean) {
  for (;;) {
    await stack.starter.sweep(0);
    const document = await stack.status(meetingId);
    if (isSo(document)) return document;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** Waits until no sync is requested or running. */
async function settled() {
  for (;;) {
    const taken = await stack.starter.sweep(0);
    const busy = await stack.product.db
      .selectFrom('meetings')
      .select('meeting_id')
      .where((where) =>
        where.or([where('sync_requested_at', 'is not', null), where('status', 'in', ['accepted', 'syncing'])]),
      )
      .execute();
    if (taken === 0 && busy.length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

async function erase(meetingId: string) {
  await requestDeletion(stack.product.db, stack.workspaceId, meetingId);
  await stack.starter.start(stack.workspaceId, meetingId);
  await stack.until(meetingId, 'deleted');
}

test('two recordings of one occurrence refer to each other; other occurrences do not', async () => {
  await stack.sync(recorded('a1', 'event-a'));
  const second = await stack.sync(
    recorded('a2', 'event-a', { startedAt: '2026-11-03T10:04:00+01:00', endedAt: '2026-11-03T10:42:00+01:00' }),
  );
  await stack.sync(
    recorded('a3', 'event-a', { startedAt: '2026-11-10T10:00:00+01:00', endedAt: '2026-11-10T10:42:00+01:00' }),
  );
  await stack.sync(recorded('a4', 'event-other'));
  await stack.sync(meeting({ meetingId: 'a5' }));
  await stack.sync(meeting({ meetingId: 'a6' }));
  expect(second).toMatchObject({ status: 'synced', sameEvent: ['a1'] });
  const documents = await Promise.all(['a1', 'a3', 'a4', 'a5', 'a6'].map((id) => stack.status(id)));
  expect(documents.map((document) => document.sameEvent)).toEqual([['a2'], [], [], [], []]);
  expect([activitiesOf('a1').length, activitiesOf('a2').length]).toEqual([2, 2]);
  await erase('a2');
  expect((await stack.status('a1')).sameEvent).toEqual([]);
});

test('with one recording per meeting, the first is written, and the second once the first is deleted', async () => {
  await change({ oneRecordingPerMeeting: true });
  expect((await stack.sync(recorded('b1', 'event-b'))).status).toBe('synced');
  expect(await stack.sync(recorded('b2', 'event-b'))).toMatchObject({
    status: 'skipped',
    reason: { code: 'recorded_twice', action: expect.stringContaining('delete the other meeting') },
    sameEvent: ['b1'],
    engagements: { summary: null, notes: null },
  });
  expect(await stack.sync(recorded('b3', 'event-b'))).toMatchObject({ status: 'skipped', sameEvent: ['b1', 'b2'] });
  expect(activitiesOf('b2')).toEqual([]);
  await erase('b1');
  expect(await swept('b2', ({ status }) => status === 'synced')).toMatchObject({ reason: null, sameEvent: ['b3'] });
  await settled();
  expect(await stack.status('b3')).toMatchObject({ status: 'skipped', reason: { code: 'recorded_twice' } });
  expect([activitiesOf('b1').length, activitiesOf('b2').length, activitiesOf('b3').length]).toEqual([0, 2, 0]);

  // Posted again, it counts as the last arrival, so it replaces no other meeting.
  expect(await stack.sync(recorded('b1', 'event-b'))).toMatchObject({
    status: 'skipped',
    reason: { code: 'recorded_twice' },
  });
  await settled();
  expect(activitiesOf('b2')).toHaveLength(2);
});

test('switched on later, the setting removes the second recording at the next sync of either', async () => {
  await stack.sync(recorded('c1', 'event-c'));
  await stack.sync(recorded('c2', 'event-c'));
  await change({ oneRecordingPerMeeting: true });
  expect((await stack.resync('c1')).status).toBe('synced');
  await swept('c2', ({ status }) => status === 'skipped');
  await settled();
  expect([activitiesOf('c1').length, activitiesOf('c2').length]).toEqual([2, 0]);
  await change({ oneRecordingPerMeeting: false });
  expect((await stack.resync('c2')).status).toBe('synced');
  expect(activitiesOf('c2')).toHaveLength(2);
});

test('a first recording that is skipped gives way to the second, until it is written after all', async () => {
  await change({ oneRecordingPerMeeting: true });
  expect((await stack.sync(recorded('d1', 'event-d', { private: true }))).reason?.code).toBe('private');
  expect((await stack.sync(recorded('d2', 'event-d'))).status).toBe('synced');

  const stranger = [{ email: 'not.yet@delta.example' }];
  expect((await stack.sync(recorded('e1', 'event-e', { participants: stranger }))).reason?.code).toBe('no_crm_match');
  const second = await stack.sync(recorded('e2', 'event-e'));
  expect(second.status).toBe('synced');
  // During a reconciliation, the first meeting's pass may still run, so its result is unknown.
  const first = stack.product.db.updateTable('meetings').where('meeting_id', '=', 'e1');
  await first.set({ status: 'syncing', reason: null }).execute();
  expect(await stack.resync('e2')).toMatchObject({ status: 'synced', engagements: second.engagements });
  expect((await stack.resync('e1')).reason?.code).toBe('no_crm_match');

  stack.sandbox.crm.create('contacts', { email: 'not.yet@delta.example' });
  expect((await stack.resync('e1')).status).toBe('synced');
  await swept('e2', ({ status }) => status === 'skipped');
  await settled();
  expect([activitiesOf('e1').length, activitiesOf('e2').length]).toEqual([2, 0]);
});

test('of two concurrent recordings, one is written', async () => {
  await change({ oneRecordingPerMeeting: true });
  await Promise.all(['f1', 'f2', 'f3', 'f4'].map((meetingId) => stack.sync(recorded(meetingId, 'event-f'))));
  await settled();
  const documents = await Promise.all(['f1', 'f2', 'f3', 'f4'].map((id) => stack.status(id)));
  expect(documents.map(({ status }) => status).toSorted()).toEqual(['skipped', 'skipped', 'skipped', 'synced']);
  expect(['f1', 'f2', 'f3', 'f4'].flatMap(activitiesOf)).toHaveLength(2);
});
