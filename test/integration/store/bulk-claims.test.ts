import { expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { processedMeetingSchema } from '../../../src/meeting/intake/schema';
import { createWorkspace } from '../../../src/store/access/workspaces';
import type { DbPool } from '../../../src/store/database';
import {
  claimForBulk,
  endBulkClaim,
  isBulkWorkLeft,
  renewBulkClaims,
  workspacesWithBulkWork,
} from '../../../src/store/meetings/bulk/claims';
import { finishDeletion, requestDeletion } from '../../../src/store/meetings/delete-meeting';
import { takeStillMeetings } from '../../../src/store/meetings/lost-runs';
import {
  acceptMeeting,
  clearSyncRequest,
  dueSyncRequests,
  findMeeting,
  findSyncRequest,
  saveProgress,
} from '../../../src/store/meetings/meetings';
import { requeue, theMeeting } from '../../../src/store/meetings/requeue';
import { meeting } from '../../support/meetings';
import { useDatabaseForEach } from '../../support/use-database';

const ONE = '00000000-0000-4000-8000-000000000001';
const TWO = '00000000-0000-4000-8000-000000000002';

let db: DbPool;
let workspaceId: string;
useDatabaseForEach(async (opened) => {
  db = opened;
  ({ workspaceId } = await createWorkspace(db, 'Northwind'));
});

const key = (meetingId: string) => ({ workspaceId, meetingId });
const backfill = async (meetingId: string) => {
  const posted = processedMeetingSchema.parse(meeting({ meetingId }));
  await acceptMeeting(db, { workspaceId, meeting: posted, backfilledAt: new Date() });
};
const claim = async (token: string, limit = 10) =>
  (await claimForBulk(db, { workspaceId, token, limit })).map(({ meetingId }) => meetingId);
const expire = () => sql`update meetings set bulk_until = now() - interval '1 second'`.execute(db);
const dueByWorkflow = async () =>
  (await dueSyncRequests(db, { limit: 10, olderThanMs: -1_000 })).map(({ meetingId }) => meetingId);
const acceptedByTemporal = async (meetingId: string) => {
  const request = await findSyncRequest(db, key(meetingId));
  if (request !== null) await clearSyncRequest(db, request, 'run');
};

test('the oldest requests are claimed first, each once', async () => {
  for (const meetingId of ['m1', 'm2', 'm3']) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await backfill(meetingId);
  }
  expect(await workspacesWithBulkWork(db)).toEqual([workspaceId]);
  expect((await claim(ONE, 2)).toSorted()).toEqual(['m1', 'm2']);
  expect(await claim(TWO, 2)).toEqual(['m3']);
  expect(await isBulkWorkLeft(db, workspaceId)).toBe(false);
  expect(await workspacesWithBulkWork(db)).toEqual([]);
});

test('another pass takes the meetings of a lost one, but a late pass does not take its own again', async () => {
  await backfill('m1');
  await claim(ONE);
  await expire();
  expect(await claim(ONE)).toEqual([]);
  expect(await workspacesWithBulkWork(db)).toEqual([workspaceId]);
  expect(await claim(TWO)).toEqual(['m1']);
});

test('a renewal does not wait for a meeting that another transaction changes', async () => {
  await backfill('m1');
  await backfill('m2');
  await claim(ONE);
  await expire();
  await db.transaction().execute(async (other) => {
    await requeue(other, theMeeting(key('m1')), 'hubspot_changed');
    await renewBulkClaims(db, ONE);
  });
  expect((await findMeeting(db, key('m1')))?.bulk_until?.getTime()).toBeLessThan(Date.now());
  expect((await findMeeting(db, key('m2')))?.bulk_until?.getTime()).toBeGreaterThan(Date.now());
});

test.each(['bulk', 'workflow'] as const)(
  'a deletion during a pass that goes on by %s keeps its request',
  async (next) => {
    await backfill('m1');
    await claim(ONE);
    await requestDeletion(db, workspaceId, 'm1');
    await endBulkClaim(db, key('m1'), ONE, next);
    expect(await dueByWorkflow()).toEqual(['m1']);
    expect(await workspacesWithBulkWork(db)).toEqual([]);
  },
);

test('a deletion that Temporal accepted during a cancelled pass ends, and no later pass brings the meeting back', async () => {
  await backfill('m1');
  await claim(ONE);
  await requestDeletion(db, workspaceId, 'm1');
  await acceptedByTemporal('m1');
  await endBulkClaim(db, key('m1'), ONE, 'bulk');
  await finishDeletion(db, key('m1'));
  expect(await claim(TWO)).toEqual([]);
  expect(await findMeeting(db, key('m1'))).toMatchObject({ status: 'deleted', sync_requested_at: null });
});

test('a lost pass leaves a meeting that is being deleted, or that a person posted again, to its workflow', async () => {
  await backfill('deleted');
  await backfill('posted');
  await claim(ONE);
  await requestDeletion(db, workspaceId, 'deleted');
  const posted = processedMeetingSchema.parse(meeting({ meetingId: 'posted', title: 'Another title' }));
  await acceptMeeting(db, { workspaceId, meeting: posted });
  await expire();
  expect(await claim(TWO)).toEqual([]);
  expect((await dueByWorkflow()).toSorted()).toEqual(['deleted', 'posted']);
  expect(await saveProgress(db, key('posted'), { status: 'syncing', reason: null, begins: true })).toBe(true);
});

test('the request of a person during a cancelled pass goes to the workflow', async () => {
  await backfill('m1');
  await claim(ONE);
  const posted = processedMeetingSchema.parse(meeting({ meetingId: 'm1', title: 'Another title' }));
  await acceptMeeting(db, { workspaceId, meeting: posted });
  await endBulkClaim(db, key('m1'), ONE, 'bulk');
  expect(await dueByWorkflow()).toEqual(['m1']);
});

test.each(['syncing', 'waiting', 'needs_attention'] as const)(
  'a workflow that is %s serves a request that was left to bulk passes',
  async (status) => {
    await backfill('m1');
    await saveProgress(db, key('m1'), { status, reason: null, begins: status === 'syncing' });
    expect(await claim(ONE)).toEqual([]);
    expect(await dueByWorkflow()).toEqual(['m1']);
  },
);

test('a meeting in a long bulk pass does not count as one that lost its run', async () => {
  await backfill('m1');
  await claim(ONE);
  await sql`update meetings set updated_at = now() - interval '1 hour', asked_at = now() - interval '1 hour'`.execute(
    db,
  );
  const still = () => takeStillMeetings(db, { stillForMs: 60_000, limit: 10 });
  expect(await still()).toEqual([]);
  await expire();
  expect(await still()).toEqual([key('m1')]);
});

test('a request of background work keeps its low priority until a person makes one', async () => {
  const background = async (meetingId: string) => (await findSyncRequest(db, key(meetingId)))?.background;
  const posted = processedMeetingSchema.parse(meeting({ meetingId: 'm1' }));
  await acceptMeeting(db, { workspaceId, meeting: posted });
  await requeue(db, theMeeting(key('m1')), 'reconciliation');
  expect(await background('m1')).toBe(false);
  await acceptedByTemporal('m1');
  await requeue(db, theMeeting(key('m1')), 'reconciliation');
  expect(await background('m1')).toBe(true);
  await requeue(db, theMeeting(key('m1')), 'resync');
  expect(await background('m1')).toBe(false);
});

test('a meeting that a bulk pass hands over to its workflow keeps its low priority', async () => {
  const posted = processedMeetingSchema.parse(meeting({ meetingId: 'm1' }));
  await acceptMeeting(db, { workspaceId, meeting: posted });
  await sql`update meetings set sync_in_bulk = true`.execute(db);
  await claim(ONE);
  await endBulkClaim(db, key('m1'), ONE, 'workflow');
  expect(await findSyncRequest(db, key('m1'))).toMatchObject({ background: true });
});
