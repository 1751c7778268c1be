import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { WorkflowNotFoundError } from '@temporalio/client';
import { setTimeout as sleep } from 'node:timers/promises';
import { requestDeletion } from '../../../src/store/meetings/delete-meeting';
import { claimForBulk } from '../../../src/store/meetings/bulk/claims';
import { listPasses } from '../../../src/store/meetings/sync-passes';
import { bulkSyncWorkflowId } from '../../../src/temporal/names';
import { backfilled, endedInBulk, type BackfilledMeeting } from '../../support/bulk';
import { startStack, type Stack } from '../../support/stack';

let stack: Stack;
beforeAll(async () => {
  // As in production, so that calls are shared on a busy machine too.
  stack = await startStack({ longestLingerMs: 1_000 });
  await stack.connect();
});
afterAll(() => stack.close());

const backfill = (name: string, count: number) => backfilled(stack, name, count);
const ended = (meetings: readonly BackfilledMeeting[]) => endedInBulk(stack, meetings);

const runOf = async (meetingId: string) => {
  const { workflow } = await stack.status(meetingId);
  return await stack.temporal.workflow
    .getHandle(workflow.id)
    .describe()
    .then(
      ({ status }) => status.name,
      (error: unknown) => (error instanceof WorkflowNotFoundError ? null : Promise.reject(error)),
    );
};

test('backfilled meetings share calls, need no workflow each, and keep their history', async () => {
  const meetings = await backfill('many', 60);
  stack.sandbox.requests.clear();
  await ended(meetings);

  for (const { meetingId, contactId } of meetings) {
    expect(await stack.status(meetingId)).toMatchObject({ status: 'synced', reason: null });
    expect(stack.sandbox.crm.timeline('contacts', contactId)).toHaveLength(2);
    expect(await runOf(meetingId)).toBeNull();
  }
  expect(stack.sandbox.requests.list().length).toBeLessThan(60);
  const [pass] = await listPasses(stack.product.db, { workspaceId: stack.workspaceId, meetingId: 'many-7' });
  expect(pass).toMatchObject({ outcome: 'synced' });
  expect(pass?.steps.map(({ activity }) => activity)).toEqual(
    expect.arrayContaining(['beginSync', 'resolveParticipants', 'expandCascades', 'writeSummary', 'associate']),
  );
});

test('a meeting that needs a person goes over to its own workflow, and the others are synced', async () => {
  const meetings = await backfill('one-refused', 5);
  stack.sandbox.faults.add({
    match: { method: 'POST', path: '/meetings/', body: 'one-refused-3' },
    times: 1_000,
    action: { kind: 'status', status: 400, body: { message: 'not this one' } },
  });
  await ended(meetings);
  expect(await stack.status('one-refused-3')).toMatchObject({ status: 'needs_attention' });
  expect(await runOf('one-refused-3')).toBe('RUNNING');
});

test('a failed write ends no pass while the other one is under way', async () => {
  const meetings = await backfill('beside', 1);
  stack.sandbox.faults.add({
    match: { method: 'POST', path: '/meetings/', body: 'beside-0' },
    action: { kind: 'status', status: 400, body: { message: 'not this one' } },
  });
  stack.sandbox.faults.add({
    match: { method: 'POST', path: '/notes/', body: 'beside-0' },
    action: { kind: 'delay', ms: 1_500 },
  });
  await ended(meetings);
  const key = { workspaceId: stack.workspaceId, meetingId: 'beside-0' };
  const [own, inBulk] = await listPasses(stack.product.db, key);
  const notes = inBulk?.steps.find(({ activity }) => activity === 'writeNotes');
  expect(notes).toMatchObject({ done: { written: 'created' } });
  expect(notes?.endedAt.getTime()).toBeLessThan(own?.startedAt.getTime() ?? 0);
});

test('a lost bulk pass loses no meeting, and a workflow waits for a pass that is running', async () => {
  const [lost, live] = await backfill('claimed', 2);
  const claimed = await claimForBulk(stack.product.db, {
    workspaceId: stack.workspaceId,
    token: '00000000-0000-4000-8000-000000000000',
    limit: 10,
  });
  expect(claimed).toHaveLength(2);
  // A person requests a sync meanwhile: its workflow cannot begin before the claim has ended.
  const resynced = stack.resync(live?.meetingId ?? '');
  const expire = () =>
    stack.product.db
      .updateTable('meetings')
      .set({ bulk_until: new Date(0) })
      .where('bulk_token', 'is not', null)
      .execute();
  await sleep(300);
  expect(stack.sandbox.crm.timeline('contacts', live?.contactId ?? '')).toHaveLength(0);
  await expire();
  expect(await resynced).toMatchObject({ status: 'synced' });
  await ended(lost === undefined ? [] : [lost]);
  expect(stack.sandbox.crm.timeline('contacts', lost?.contactId ?? '')).toHaveLength(2);
  expect(stack.sandbox.crm.timeline('contacts', live?.contactId ?? '')).toHaveLength(2);
});

test('a deletion takes a meeting from bulk passes', async () => {
  const meetings = await backfill('deleted', 3);
  await requestDeletion(stack.product.db, stack.workspaceId, 'deleted-1');
  await ended(meetings);
  expect(await stack.until('deleted-1', 'deleted')).toMatchObject({ status: 'deleted' });
});

test('bulk passes that are cancelled leave their meetings to the next ones', async () => {
  const meetings = await backfill('stopped', 20);
  stack.sandbox.faults.add({ match: { method: 'POST', path: '/meetings/' }, action: { kind: 'hang' } });
  const hangs = () => stack.sandbox.requests.list({ path: '/meetings/' }).length > 0;
  stack.sandbox.requests.clear();
  await stack.starter.sweep(0);
  // oxlint-disable-next-line no-await-in-loop -- polling
  while (!hangs()) await sleep(25);
  const handle = stack.temporal.workflow.getHandle(bulkSyncWorkflowId(stack.workspaceId));
  await handle.cancel();
  stack.sandbox.faults.clear();
  await expect(handle.result()).rejects.toThrow('cancelled');
  await ended(meetings);
  for (const { meetingId, contactId } of meetings) {
    expect(await stack.status(meetingId)).toMatchObject({ status: 'synced' });
    expect(stack.sandbox.crm.timeline('contacts', contactId)).toHaveLength(2);
  }
});
