import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { setTimeout as sleep } from 'node:timers/promises';
import { AT_ONCE } from '../../../src/activities/bulk/sync-in-bulk';
import { bulkSyncWorkflowId } from '../../../src/temporal/names';
import { backfilled, endedInBulk, type BackfilledMeeting } from '../../support/bulk';
import { startStack, type Stack } from '../../support/stack';

let stack: Stack;
beforeEach(async () => {
  // As in production, a step under way may end when the worker shuts down.
  stack = await startStack({ shutdownGraceTime: '1m' });
  await stack.connect();
});
afterEach(() => stack.close());

const claimed = async (): Promise<{ token: string; count: number }[]> => {
  const { rows } = await sql<{ token: string; count: number }>`
    select bulk_token::text as token, count(*)::int as count from meetings where bulk_token is not null group by 1
  `.execute(stack.product.db);
  return rows;
};

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  // oxlint-disable-next-line no-await-in-loop -- polling
  while (!(await isSo())) await sleep(25);
}

function expectOnce(meetings: readonly BackfilledMeeting[]): void {
  const counts = meetings.map(({ contactId }) => stack.sandbox.crm.timeline('contacts', contactId).length);
  expect(counts).toEqual(meetings.map(() => 2));
}

test('bulk passes have slots of their own', async () => {
  const meetings = await backfilled(stack, 'own-slots', 3);
  await endedInBulk(stack, meetings);
  const { events } = await stack.temporal.workflow.getHandle(bulkSyncWorkflowId(stack.workspaceId)).fetchHistory();
  const queues = (events ?? []).flatMap(({ activityTaskScheduledEventAttributes: scheduled }) =>
    scheduled ? [scheduled.taskQueue?.name] : [],
  );
  expect(new Set(queues)).toEqual(new Set([`${stack.taskQueue}-bulk`]));
  expect(stack.workers.live.options.taskQueue).toBe(stack.taskQueue);
});

test('a worker that shuts down claims no more meetings and ends those under way, and another one goes on', async () => {
  const meetings = await backfilled(stack, 'shut-down', AT_ONCE + 30);
  stack.sandbox.faults.add({ match: { method: 'POST', path: '/meetings/' }, action: { kind: 'delay', ms: 1_000 } });
  stack.sandbox.requests.clear();
  await stack.starter.sweep(0);
  await until(() => stack.sandbox.requests.list({ path: '/meetings/' }).length > 0);
  stack.workers.bulk.shutdown();
  stack.sandbox.faults.clear();
  await until(() => stack.workers.bulk.getState() === 'STOPPED');

  expect(await claimed()).toEqual([]);
  const begun = await stack.product.db
    .selectFrom('meetings')
    .select('meeting_id')
    .where('begun_at', 'is not', null)
    .execute();
  expect(begun.length).toBeGreaterThan(0);
  expect(begun.length).toBeLessThanOrEqual(AT_ONCE);
  await stack.moreWorkers();
  await endedInBulk(stack, meetings);
  expectOnce(meetings);
});

test('a bulk pass that cannot end a claim claims no more, and its claims run out', async () => {
  const { db } = stack.product;
  const meetings = await backfilled(stack, 'no-database', AT_ONCE + 30);
  await sql`
    create function no_ends() returns trigger language plpgsql as $$ begin raise exception 'no claim ends'; end $$;
    create trigger no_ends before update on meetings for each row
      when (old.bulk_token is not null and new.bulk_token is null) execute function no_ends();
  `.execute(db);
  await stack.starter.sweep(0);
  await until(async () => (await claimed()).reduce((sum, { count }) => sum + count, 0) === meetings.length);
  for (const { count } of await claimed()) expect(count).toBeLessThanOrEqual(AT_ONCE);

  await sql`drop trigger no_ends on meetings; update meetings set bulk_until = now()`.execute(db);
  await endedInBulk(stack, meetings);
  expectOnce(meetings);
});
