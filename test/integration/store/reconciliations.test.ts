import { beforeEach, expect, test } from '@jest/globals';
import { processedMeetingSchema } from '../../../src/meeting/intake/schema';
import type { SyncStatus } from '../../../src/meeting/status';
import { acceptMeeting, clearSyncRequest, findSyncRequest, saveProgress } from '../../../src/store/meetings/meetings';
import {
  beginReconciliation,
  findReconciliation,
  finishReconciliation,
  meetingsUnderWay,
} from '../../../src/store/jobs/reconciliations';
import { createWorkspace } from '../../../src/store/access/workspaces';
import { meeting } from '../../support/meetings';
import { useDatabase } from '../../support/use-database';
import { TEST_ACTOR } from '../../support/actors';

const { db } = useDatabase();
let workspaceId: string;
beforeEach(async () => {
  await db.deleteFrom('workspaces').execute();
  ({ workspaceId } = await createWorkspace(db, 'Northwind'));
});

const key = (meetingId: string) => ({ workspaceId, meetingId });
const ends = (meetingId: string, status: SyncStatus) => saveProgress(db, key(meetingId), { status, reason: null });

async function accept(meetingId: string): Promise<void> {
  await acceptMeeting(db, { workspaceId, meeting: processedMeetingSchema.parse(meeting({ meetingId })) });
}

/** Does what the sync starter does once Temporal has accepted the requested sync. */
async function handOver(meetingId: string): Promise<void> {
  const request = await findSyncRequest(db, key(meetingId));
  if (request !== null) await clearSyncRequest(db, request, 'run');
}

const begins = (meetingId: string) =>
  saveProgress(db, key(meetingId), { status: 'syncing', reason: null, begins: true });

test('a reconciliation requests ended syncs, and another pass of running ones', async () => {
  const statuses: SyncStatus[] = ['synced', 'skipped', 'syncing', 'needs_attention', 'waiting'];
  await Promise.all(
    statuses.map(async (status) => {
      await accept(status);
      await handOver(status);
      await ends(status, status);
    }),
  );
  await beginReconciliation(db, workspaceId, TEST_ACTOR);
  const due = await db
    .selectFrom('meetings')
    .select('meeting_id')
    .where('sync_requested_at', 'is not', null)
    .orderBy('meeting_id')
    .execute();
  expect(due.map((row) => row.meeting_id)).toEqual(['skipped', 'synced', 'syncing']);
});

test('a reconciliation is done when all requested passes have ended, and not while one has yet to begin', async () => {
  await accept('m1');
  await handOver('m1');
  await begins('m1');
  await ends('m1', 'synced');
  const id = await beginReconciliation(db, workspaceId, TEST_ACTOR);
  const underWay = () => meetingsUnderWay(db, workspaceId, id);
  expect(await underWay()).toBe(true);
  await handOver('m1');
  // Temporal has accepted the sync, but no worker has begun it.
  expect(await underWay()).toBe(true);
  expect(await findReconciliation(db, workspaceId, id)).toMatchObject({ state: 'running', meetingsLeft: 1 });
  await begins('m1');
  expect(await underWay()).toBe(true);
  await ends('m1', 'synced');
  expect(await underWay()).toBe(false);
  await finishReconciliation(db, id, 0);
  expect(await findReconciliation(db, workspaceId, id)).toMatchObject({ state: 'done', meetingsLeft: 0 });
});

test('a pass that was running before the request does not satisfy it', async () => {
  await accept('m1');
  await handOver('m1');
  await begins('m1');
  const id = await beginReconciliation(db, workspaceId, TEST_ACTOR);
  await handOver('m1');
  await ends('m1', 'synced');
  expect(await meetingsUnderWay(db, workspaceId, id)).toBe(true);
  await begins('m1');
  await ends('m1', 'skipped');
  expect(await meetingsUnderWay(db, workspaceId, id)).toBe(false);
});

test('a pass that began before Temporal’s response satisfies the request', async () => {
  await accept('m1');
  const id = await beginReconciliation(db, workspaceId, TEST_ACTOR);
  const request = await findSyncRequest(db, key('m1'));
  await begins('m1');
  if (request !== null) await clearSyncRequest(db, request, 'run');
  await ends('m1', 'synced');
  expect(await meetingsUnderWay(db, workspaceId, id)).toBe(false);
});

test('meetings that arrive during a reconciliation do not delay its end', async () => {
  await accept('before');
  const id = await beginReconciliation(db, workspaceId, TEST_ACTOR);
  await accept('after');
  expect(await findReconciliation(db, workspaceId, id)).toMatchObject({ meetingsLeft: 1 });
  await handOver('before');
  await begins('before');
  await ends('before', 'synced');
  await begins('after');
  expect(await meetingsUnderWay(db, workspaceId, id)).toBe(false);
});
