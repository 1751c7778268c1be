import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { LostRuns } from '../../../src/dispatch/lost-runs';
import { processedMeetingSchema } from '../../../src/meeting/intake/schema';
import { findBackfill } from '../../../src/store/jobs/backfill-documents';
import { acceptBackfill, addLines, openBackfill } from '../../../src/store/jobs/backfills';
import { requestDeletion } from '../../../src/store/meetings/delete-meeting';
import { SyncDispatcher } from '../../../src/dispatch/sync-dispatcher';
import { recordCancelled } from '../../../src/store/meetings/lost-runs';
import { requeue, withoutProgress } from '../../../src/store/meetings/requeue';
import { findReconciliation } from '../../../src/store/jobs/reconciliations';
import { backfillWorkflowId, reconcileWorkflowId, syncMeetingWorkflowId } from '../../../src/temporal/names';
import { meeting } from '../../support/meetings';
import { startStack, type Stack } from '../../support/stack';
import { TEST_ACTOR } from '../../support/actors';

let stack: Stack;
let lostRuns: LostRuns;
beforeEach(async () => {
  stack = await startStack({ ownNamespace: false });
  await stack.connect();
  stack.sandbox.crm.create('contacts', { email: 'marc.serra@acme.example' });
  lostRuns = new LostRuns({ ...stack.product, ...stack });
});
afterEach(() => stack.close());

const { SYNC, LOCKED } = {
  SYNC: (meetingId: string) => stack.temporal.workflow.getHandle(syncMeetingWorkflowId(stack.workspaceId, meetingId)),
  /** A response that the step retries without limit. */
  LOCKED: { kind: 'status' as const, status: 423, body: { status: 'error', message: 'locked' } },
};

/** Posts a meeting whose sync cannot end until the faults are cleared. */
async function stuck(meetingId: string): Promise<void> {
  stack.sandbox.faults.add({ match: { path: '/crm/objects/2026-03/contacts' }, action: LOCKED });
  await stack.post(meeting({ meetingId }));
  await stack.until(meetingId, 'syncing');
}

/** Runs the server's sweeps until the condition holds. */
async function sweepUntil(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) {
    await lostRuns.sweep();
    await stack.starter.sweep(0);
    await sleep(25);
  }
}
const statusIs = (meetingId: string, wanted: string) => async () => (await stack.status(meetingId)).status === wanted;

test.each<[string, (meetingId: string) => Promise<unknown>]>([
  ['terminated', (meetingId) => SYNC(meetingId).terminate('by an operator')],
  [
    'deleted',
    (meetingId) =>
      stack.temporal.workflowService.deleteWorkflowExecution({
        namespace: 'default',
        workflowExecution: { workflowId: syncMeetingWorkflowId(stack.workspaceId, meetingId) },
      }),
  ],
])('a meeting whose run was %s is requested again and written once', async (_, lose) => {
  await stuck('lost');
  await lose('lost');
  stack.sandbox.faults.clear();
  await sweepUntil(statusIs('lost', 'synced'));
  expect(stack.sandbox.crm.list('meetings')).toHaveLength(1);
  expect(stack.sandbox.crm.list('notes')).toHaveLength(1);
  const { text } = await stack.product.metrics.text();
  expect(text).toMatch(/^meetings_without_run_total [1-9]/m);
  expect(text).toMatch(/^meeting_time_to_timeline_seconds_count\{background="false"\} 1$/m);
});

/** Requests a pass that no worker takes, and that nothing in the meeting's row shows. */
async function requestUntaken(meetingId: string): Promise<void> {
  const { db } = stack.product;
  await db
    .updateTable('meetings')
    .set({ sync_requested_at: sql<Date>`now()` })
    .where('meeting_id', '=', meetingId)
    .execute();
  const untaken = new SyncDispatcher({ ...stack.product, ...stack, taskQueue: `${stack.taskQueue}-without-workers` });
  await untaken.start(stack.workspaceId, meetingId);
  expect((await SYNC(meetingId).describe()).status.name).toBe('RUNNING');
}

test('a synced meeting whose next run was terminated before its pass began is requested again', async () => {
  const late = 'late@acme.example';
  await stack.sync(
    meeting({ meetingId: 'changed', participants: [{ email: 'marc.serra@acme.example' }, { email: late }] }),
  );
  await requestUntaken('changed');
  stack.sandbox.crm.create('contacts', { email: late });
  await SYNC('changed').terminate('by an operator');
  await sweepUntil(async () => (await stack.status('changed')).unmatched.length === 0);
  expect(stack.sandbox.crm.list('meetings')).toHaveLength(1);
});

test('a run cancelled before its first pass is not requested again, and no reconciliation waits for it', async () => {
  await stack.sync(meeting({ meetingId: 'cancelled' }));
  await requestUntaken('cancelled');
  await SYNC('cancelled').cancel();
  await SYNC('cancelled').terminate('it has no worker that could end it');
  const { db } = stack.product;
  await recordCancelled(db, { workspaceId: stack.workspaceId, meetingId: 'cancelled' });
  expect(await stack.status('cancelled')).toMatchObject({ status: 'skipped', reason: { code: 'cancelled' } });
  await stack.reconcile();
  // Longer than a meeting may wait without progress.
  await sleep(1_500);
  expect(await lostRuns.sweep()).toBe(0);
  expect(await stack.status('cancelled')).toMatchObject({ status: 'skipped', reason: { code: 'cancelled' } });
});

test('a meeting with a running workflow is not requested again', async () => {
  await stuck('alive');
  const { runId } = (await SYNC('alive').describe()) as { runId: string };
  // Longer than a meeting may wait without progress.
  await sleep(1_500);
  expect(await lostRuns.sweep()).toBe(0);
  stack.sandbox.faults.clear();
  await sweepUntil(statusIs('alive', 'synced'));
  expect((await SYNC('alive').describe()).runId).toBe(runId);
});

test('a run cancelled in Temporal is recorded, and only a person starts the meeting again', async () => {
  await stuck('cancelled');
  await SYNC('cancelled').cancel();
  expect(await stack.until('cancelled', 'skipped')).toMatchObject({
    reason: { code: 'cancelled', action: expect.stringContaining('sync the meeting again') },
  });
  stack.sandbox.faults.clear();
  await stack.reconcile();
  expect(await stack.status('cancelled')).toMatchObject({ status: 'skipped', reason: { code: 'cancelled' } });
  expect(await stack.resync('cancelled')).toMatchObject({ status: 'synced', reason: null });
});

test('a run cancelled before it could record that is not requested again', async () => {
  await stuck('mute');
  await SYNC('mute').cancel();
  await stack.until('mute', 'skipped');
  await SYNC('mute')
    .result()
    .catch(() => undefined);
  const { db } = stack.product;
  await db.updateTable('meetings').set({ status: 'syncing', reason: null }).where('meeting_id', '=', 'mute').execute();
  await sweepUntil(statusIs('mute', 'skipped'));
  expect((await stack.status('mute')).reason).toMatchObject({ code: 'cancelled' });
});

test('a deletion does not wait for a pass that keeps failing', async () => {
  await stack.sync(meeting({ meetingId: 'erased' }));
  stack.sandbox.faults.add({ match: { path: '/crm/objects/2026-03/contacts' }, action: LOCKED });
  await stack.post(meeting({ meetingId: 'erased', participants: [{ email: 'someone.else@acme.example' }] }));
  await stack.until('erased', 'syncing');
  await requestDeletion(stack.product.db, stack.workspaceId, 'erased');
  await sweepUntil(statusIs('erased', 'deleted'));
  expect(stack.sandbox.crm.list('meetings')).toEqual([]);
});

test('a deletion whose run is cancelled continues', async () => {
  await stack.sync(meeting({ meetingId: 'erased' }));
  stack.sandbox.faults.add({ match: { path: '/crm/' }, action: LOCKED });
  await requestDeletion(stack.product.db, stack.workspaceId, 'erased');
  await stack.starter.sweep(0);
  await stack.until('erased', 'syncing');
  await SYNC('erased').cancel();
  await SYNC('erased')
    .result()
    .catch(() => undefined);
  stack.sandbox.faults.clear();
  await sweepUntil(statusIs('erased', 'deleted'));
  expect(stack.sandbox.crm.list('meetings')).toEqual([]);
});

test('a resync of all meetings includes unfinished ones without progress', async () => {
  await stuck('still');
  await SYNC('still').terminate();
  const { db } = stack.product;
  expect(await requeue(db, withoutProgress(stack.workspaceId), 'retry')).toBe(0);
  const longAgo = new Date(Date.now() - 120_000);
  await db.updateTable('meetings').set({ updated_at: longAgo, asked_at: longAgo }).execute();
  expect(await requeue(db, withoutProgress(stack.workspaceId), 'retry')).toBe(1);
});

test('a backfill and a reconciliation whose runs were terminated continue', async () => {
  const { db } = stack.product;
  const backfillId = await openBackfill(db, stack.workspaceId);
  const body = processedMeetingSchema.parse(meeting({ meetingId: 'past' }));
  await addLines(db, backfillId, [{ line: 1, meetingId: 'past', body: JSON.stringify(body) }]);
  await acceptBackfill(db, backfillId);
  stack.sandbox.faults.add({ match: { path: '/crm/' }, action: LOCKED });
  await stack.backfiller.sweep();
  const reconciliationId = await stack.reconciler.start(stack.workspaceId, TEST_ACTOR);
  const handles = [backfillWorkflowId(stack.workspaceId, backfillId), reconcileWorkflowId(stack.workspaceId)];
  await Promise.all(handles.map((id) => stack.temporal.workflow.getHandle(id).terminate()));
  stack.sandbox.faults.clear();
  // A reconciliation counts as lost after an hour.
  await db
    .updateTable('reconciliations')
    .set({ started_at: sql`now() - interval '2 hours'` })
    .execute();
  const ended = async () => [
    (await findBackfill(db, { workspaceId: stack.workspaceId, backfillId }))?.state,
    (await findReconciliation(db, stack.workspaceId, reconciliationId ?? ''))?.state,
  ];
  await sweepUntil(async () => (await ended()).every((state) => state === 'done'));
  // The reconciliation may have requested one more pass when it read the records.
  await sweepUntil(statusIs('past', 'synced'));
});
