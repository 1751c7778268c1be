import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { deleteConnection } from '../../../src/store/connections/connections';
import {
  deleteExpiredContent,
  requestDeletion,
  requestRemainingDeletions,
} from '../../../src/store/meetings/delete-meeting';
import { chooseLink } from '../../../src/store/meetings/manual-links';
import { acceptMeeting } from '../../../src/store/meetings/meetings';
import { processedMeetingSchema } from '../../../src/meeting/intake/schema';
import { changeSettings } from '../../../src/store/settings/settings';
import { meeting } from '../../support/meetings';
import { startStack, type Stack } from '../../support/stack';
import { idsOf } from '../../support/engagement-ids';
import { TEST_ACTOR } from '../../support/actors';

let stack: Stack;
beforeEach(async () => {
  stack = await startStack();
});
afterEach(() => stack.close());

const participants = [{ email: 'gone@delete.example', name: 'Greta Gone' }];

/** The meeting's rows in all tables, without the rows that only keep ids. */
async function kept(meetingId: string): Promise<unknown[]> {
  const { db } = stack.product;
  const of = async (table: 'links' | 'manual_links' | 'meeting_participants' | 'sync_attempts' | 'meeting_facts') =>
    await db.selectFrom(table).selectAll().where('meeting_id', '=', meetingId).execute();
  return [
    ...(await of('links')),
    ...(await of('manual_links')),
    ...(await of('meeting_participants')),
    ...(await of('sync_attempts')),
    ...(await of('meeting_facts')),
    ...(await db
      .selectFrom('known_contacts')
      .selectAll()
      .where('email', 'not in', db.selectFrom('meeting_participants').select('email'))
      .execute()),
    ...(await db
      .selectFrom('meetings')
      .selectAll()
      .where('meeting_id', '=', meetingId)
      .where('body', 'is not', null)
      .execute()),
    ...(await db
      .selectFrom('meetings')
      .selectAll()
      .where('meeting_id', '=', meetingId)
      .where('title', '<>', '')
      .execute()),
    ...(await db
      .selectFrom('meeting_listings')
      .selectAll()
      .where('meeting_id', '=', meetingId)
      .where('search_text', 'like', '%gone%')
      .execute()),
  ];
}

async function erase(meetingId: string): Promise<void> {
  expect(await requestDeletion(stack.product.db, stack.workspaceId, meetingId)).toBe(true);
}

async function finish(meetingId: string) {
  await stack.starter.start(stack.workspaceId, meetingId);
  return await stack.until(meetingId, 'deleted');
}

test('a synced meeting loses all content at once, and its activities with the next pass', async () => {
  await stack.connect();
  const { id } = stack.sandbox.crm.create('contacts', { email: 'gone@delete.example' });
  const { engagements } = await stack.sync(meeting({ meetingId: 'm1', title: 'Greta Gone', participants }));
  await chooseLink(
    stack.product.db,
    { workspaceId: stack.workspaceId, meetingId: 'm1' },
    stack.portalId,
    { objectType: 'contacts', id },
    'linked',
  );
  expect(await stack.product.db.selectFrom('known_contacts').selectAll().execute()).toHaveLength(1);
  await erase('m1');
  expect(await kept('m1')).toEqual([]);
  expect((await stack.status('m1')).engagements).toMatchObject(idsOf(engagements));
  expect(await finish('m1')).toMatchObject({ reason: null, engagements: { summary: null, notes: null } });
  expect(stack.sandbox.crm.timeline('contacts', id)).toEqual([]);
  expect(await requestDeletion(stack.product.db, stack.workspaceId, 'm1')).toBe(false);
});

test('a meeting that was never written is deleted without a connection', async () => {
  await acceptMeeting(stack.product.db, {
    workspaceId: stack.workspaceId,
    meeting: processedMeetingSchema.parse(meeting({ meetingId: 'm2', participants })),
  });
  await erase('m2');
  expect(await kept('m2')).toEqual([]);
  expect(await finish('m2')).toMatchObject({ reason: null, unmatched: [] });
});

test('a meeting that needs attention is deleted without a connection, and its run ends', async () => {
  await stack.sync(meeting({ meetingId: 'm3', participants }));
  expect((await stack.status('m3')).reason?.code).toBe('not_connected');
  await erase('m3');
  const { workflow } = await finish('m3');
  await stack.temporal.workflow.getHandle(workflow.id).result();
  expect(await kept('m3')).toEqual([]);
});

test.each(['disconnected', 'uninstalled'])(
  '%s: the status says what remains, and connecting again removes it',
  async (how) => {
    await stack.connect();
    const { id } = stack.sandbox.crm.create('contacts', { email: 'gone@delete.example' });
    const { engagements } = await stack.sync(meeting({ meetingId: 'm4', participants }));
    if (how === 'disconnected') await deleteConnection(stack.product.db, stack.workspaceId);
    else await stack.product.db.updateTable('connections').set({ state: 'reauthorize' }).execute();
    await erase('m4');
    expect(await kept('m4')).toEqual([]);
    const deleted = await finish('m4');
    expect(deleted).toMatchObject({ reason: { code: 'activities_remain' }, engagements: idsOf(engagements) });
    expect(deleted.reason?.message).toContain(`meetings/${engagements.summary?.id} in account ${stack.portalId}`);
    expect(deleted.reason?.message).toContain(`notes/${engagements.notes?.id} in account ${stack.portalId}`);
    expect(stack.sandbox.crm.timeline('contacts', id)).toHaveLength(2);

    await stack.connect();
    await requestRemainingDeletions(stack.product.db, stack.workspaceId, stack.portalId);
    expect(await finish('m4')).toMatchObject({ reason: null, engagements: { summary: null, notes: null } });
    expect(stack.sandbox.crm.timeline('contacts', id)).toEqual([]);
  },
);

test('a run that is retrying ends, and activities that it still wrote are removed', async () => {
  await stack.connect();
  const { id } = stack.sandbox.crm.create('contacts', { email: 'gone@delete.example' });
  // HubSpot applies the summary's create, its response is lost, and later calls fail for a while.
  stack.sandbox.faults.add({ match: { path: '/associations/' }, times: 6, action: { kind: 'html-502' } });
  await stack.post(meeting({ meetingId: 'm5', participants }));
  await stack.until('m5', 'syncing', 'synced');
  await erase('m5');
  expect(await finish('m5')).toMatchObject({ engagements: { summary: null, notes: null } });
  expect(await kept('m5')).toEqual([]);
  expect(stack.sandbox.crm.timeline('contacts', id)).toEqual([]);
  expect(stack.sandbox.crm.list('meetings')).toEqual([]);
});

test('a deleted meeting whose activities remained gets the same two when it is posted again', async () => {
  await stack.connect();
  stack.sandbox.crm.create('contacts', { email: 'gone@delete.example' });
  const { engagements } = await stack.sync(meeting({ meetingId: 'm6', participants }));
  await deleteConnection(stack.product.db, stack.workspaceId);
  await erase('m6');
  await finish('m6');
  await stack.connect();
  const again = await stack.sync(meeting({ meetingId: 'm6', title: 'Once more', participants }));
  expect(again).toMatchObject({ status: 'synced', engagements });
});

test('content is deleted after retentionDays, and the activities stay until the meeting is deleted', async () => {
  const { db } = stack.product;
  await stack.connect();
  const { id } = stack.sandbox.crm.create('contacts', { email: 'gone@delete.example' });
  const old = await stack.sync(meeting({ meetingId: 'old', title: 'Greta Gone', participants }));
  await stack.sync(meeting({ meetingId: 'new', participants }));
  await stack.sync(meeting({ meetingId: 'old-event', calendarEventId: 'e1', participants }));
  await stack.sync(meeting({ meetingId: 'new-event', calendarEventId: 'e1', participants }));
  await db
    .updateTable('meetings')
    .set({ posted_at: new Date(Date.now() - 31 * 86_400_000) })
    .where('meeting_id', 'like', 'old%')
    .execute();
  expect(await deleteExpiredContent(db, 10)).toBe(0);
  await changeSettings(db, stack.workspaceId, { retentionDays: 32 }, TEST_ACTOR);
  expect(await deleteExpiredContent(db, 10)).toBe(0);
  await changeSettings(db, stack.workspaceId, { retentionDays: 30 }, TEST_ACTOR);
  expect(await deleteExpiredContent(db, 10)).toBe(1);
  expect(await kept('old')).toEqual([]);
  expect(await kept('new')).not.toEqual([]);
  expect(await stack.status('old')).toMatchObject({
    status: 'deleted',
    reason: { code: 'content_expired' },
    engagements: idsOf(old.engagements),
  });
  await stack.reconcile();
  expect(stack.sandbox.crm.get('meetings', old.engagements.summary?.id ?? '')).toMatchObject({ archived: false });

  await erase('old');
  expect(await finish('old')).toMatchObject({ reason: null, engagements: { summary: null, notes: null } });
  expect(stack.sandbox.crm.timeline('contacts', id).map((entry) => entry.id)).not.toContain(old.engagements.notes?.id);
});
