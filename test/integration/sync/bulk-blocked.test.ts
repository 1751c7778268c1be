import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { WorkflowNotFoundError } from '@temporalio/client';
import { setTimeout as sleep } from 'node:timers/promises';
import { tryNow } from '../../../src/dispatch/limit-probe';
import { SyncDispatcher } from '../../../src/dispatch/sync-dispatcher';
import { requeueMany } from '../../../src/store/meetings/requeue-many';
import { bulkSyncWorkflowId } from '../../../src/temporal/names';
import { dueSyncRequests } from '../../../src/store/meetings/meetings';
import { backfilled, endedInBulk, type BackfilledMeeting } from '../../support/bulk';
import { startStack, type Stack } from '../../support/stack';
import { TEST_ACTOR } from '../../support/actors';

/** More than one bulk pass claims at once. */
const MEETINGS = 110;

let stack: Stack;
beforeEach(async () => {
  stack = await startStack();
});
afterEach(() => stack.close());

/** The number of meetings by status and reason. */
const counts = async (): Promise<Record<string, number>> => {
  const rows = await stack.product.db.selectFrom('meetings').select(['status', 'reason']).execute();
  const keys = rows.map(({ status, reason }) => (reason === null ? status : `${status} ${reason.code}`));
  return Object.fromEntries(
    Object.entries(Object.groupBy(keys, (key) => key)).map(([key, of]) => [key, of?.length ?? 0]),
  );
};

/** Sweeps as the server does until all meetings show this, except for one that may be tried now. */
async function allShow(expected: string): Promise<void> {
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- polling
    await stack.starter.sweep(0);
    // oxlint-disable-next-line no-await-in-loop -- as above
    if (((await counts())[expected] ?? 0) >= MEETINGS - 1) return;
    // oxlint-disable-next-line no-await-in-loop -- as above
    await sleep(50);
  }
}

async function expectNoWorkflows(meetings: readonly BackfilledMeeting[]): Promise<void> {
  expect(await dueSyncRequests(stack.product.db, { limit: 10, olderThanMs: 0 })).toEqual([]);
  const runs = await Promise.all(
    meetings.map(async ({ meetingId }) => {
      const { workflow } = await stack.status(meetingId);
      return await stack.temporal.workflow
        .getHandle(workflow.id)
        .describe()
        .then(
          () => [meetingId],
          (error: unknown) => (error instanceof WorkflowNotFoundError ? [] : Promise.reject(error)),
        );
    }),
  );
  expect(runs.flat()).toEqual([]);
}

const timelines = (meetings: readonly BackfilledMeeting[]) =>
  meetings.map(({ contactId }) => stack.sandbox.crm.timeline('contacts', contactId).length);

test('without a connection, meetings in bulk need attention and get no workflow, and go on once it is back', async () => {
  const meetings = await backfilled(stack, 'not-connected', MEETINGS);
  await allShow('needs_attention not_connected');
  // Nothing polls for the person.
  await stack.temporal.workflow.getHandle(bulkSyncWorkflowId(stack.workspaceId)).result();
  expect(await counts()).toEqual({ 'needs_attention not_connected': MEETINGS });
  await expectNoWorkflows(meetings);
  await stack.connect();
  const selection = { kind: 'reason', code: 'not_connected' } as const;
  expect(await requeueMany(stack.product.db, stack.workspaceId, selection, 'retry')).toBe(MEETINGS);
  await allShow('synced');
  await endedInBulk(stack, meetings);
  expect(timelines(meetings)).toEqual(meetings.map(() => 2));
  await expectNoWorkflows(meetings);
});

test('without a permission, meetings in bulk need attention and get no workflow, and go on once it is granted', async () => {
  await stack.connect();
  stack.sandbox.faults.add({
    match: { path: '/associations/' },
    action: { kind: 'status', status: 403, body: { category: 'MISSING_SCOPES', message: 'This app has no access' } },
  });
  const meetings = await backfilled(stack, 'no-permission', MEETINGS);
  await allShow('needs_attention missing_scope');
  await stack.temporal.workflow.getHandle(bulkSyncWorkflowId(stack.workspaceId)).result();
  expect(await counts()).toEqual({ 'needs_attention missing_scope': MEETINGS });
  await expectNoWorkflows(meetings);
  stack.sandbox.faults.clear();
  const selection = { kind: 'reason', code: 'missing_scope' } as const;
  expect(await requeueMany(stack.product.db, stack.workspaceId, selection, 'retry')).toBe(MEETINGS);
  await allShow('synced');
  await endedInBulk(stack, meetings);
  expect(timelines(meetings)).toEqual(meetings.map(() => 2));
  await expectNoWorkflows(meetings);
});

test('behind the daily limit, meetings in bulk wait and say so, and go on when a person tries now', async () => {
  await stack.connect();
  const fault = stack.sandbox.faults.add({ action: { kind: 'rate-limit-429', policy: 'DAILY' } });
  const meetings = await backfilled(stack, 'daily-limit', MEETINGS);
  await allShow('waiting daily_limit');
  await expectNoWorkflows(meetings);
  stack.sandbox.faults.clear(fault);
  const { db, gateway } = stack.product;
  expect(await tryNow({ db, gateway, changes: stack.changes }, stack.workspaceId, TEST_ACTOR)).toBeGreaterThanOrEqual(
    MEETINGS - 1,
  );
  await allShow('synced');
  await endedInBulk(stack, meetings);
  expect(timelines(meetings)).toEqual(meetings.map(() => 2));
  await expectNoWorkflows(meetings);
});

test('the server does not start bulk passes again and again while they run', async () => {
  await stack.connect();
  const { db, log } = stack.product;
  const { temporal, taskQueue, workspaceId } = stack;
  const start = jest.spyOn(temporal.workflow, 'start');
  const starter = new SyncDispatcher({ db, temporal, log, timeScale: 1, taskQueue });
  stack.sandbox.faults.add({ match: { path: '/batch/' }, action: { kind: 'hang' } });
  await backfilled(stack, 'running', MEETINGS + 10);
  for (let sweeps = 0; sweeps < 5; sweeps += 1) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await starter.sweep(0);
  }
  const ofWorkspace = start.mock.calls.filter(([, options]) => options.workflowId === `bulk-sync:${workspaceId}`);
  expect(ofWorkspace).toHaveLength(1);
  stack.sandbox.faults.clear();
});

test('bulk passes end in a storm of random refusals, without a workflow for each meeting', async () => {
  await stack.connect();
  const storm = stack.sandbox.faults.add({
    probability: 0.15,
    action: { kind: 'rate-limit-429', policy: 'TEN_SECONDLY_ROLLING' },
  });
  const meetings = await backfilled(stack, 'storm', MEETINGS);
  await endedInBulk(stack, meetings);
  expect(stack.sandbox.faults.list().find(({ id }) => id === storm)?.struck).toBeGreaterThan(0);
  expect(timelines(meetings)).toEqual(meetings.map(() => 2));
  await expectNoWorkflows(meetings);
});
