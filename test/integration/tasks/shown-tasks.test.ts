import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { nextSteps } from '../../../src/analytics/next-steps';
import { nextStepsKept } from '../../../src/analytics/next-steps-kept';
import { meetingsBehind, runReport } from '../../../src/analytics/run';
import { listRecordMeetings } from '../../../src/store/meetings/record-meetings';
import { changeSettings } from '../../../src/store/settings/settings';
import { meeting } from '../../support/meetings';
import { startStack, type Stack } from '../../support/stack';
import { TEST_ACTOR } from '../../support/actors';

const NOW = new Date('2026-12-01T12:00:00Z');
const ana = 'ana.ruiz@northwind.example';
const pol = 'pol@northwind.example';

let stack: Stack;
let contactId: string;
beforeAll(async () => {
  stack = await startStack({});
  await stack.connect();
  contactId = stack.sandbox.crm.create('contacts', { email: 'marc.serra@acme.example' }).id;
  await changeSettings(stack.product.db, stack.workspaceId, { createTasks: 'all' }, TEST_ACTOR);
  await syncSteps();
});
afterAll(() => stack.close());

/** Of Ana: completed on time, completed late, overdue, due later, deleted. Of Pol: completed on time. */
async function syncSteps(): Promise<void> {
  const steps = [
    { text: 'On time', dueDate: '2026-11-20' },
    { text: 'Late', dueDate: '2026-11-10' },
    { text: 'Overdue', dueDate: '2026-11-30' },
    { text: 'Later', dueDate: '2026-12-01' },
    { text: 'Deleted', dueDate: '2026-11-10' },
    { text: 'Of Pol', dueDate: '2026-11-20', ownerEmail: pol },
  ];
  const { tasks } = await stack.sync(meeting({ meetingId: 'm', summary: { topics: [], nextSteps: steps } }));
  const complete = (text: string) =>
    stack.sandbox.crm.update('tasks', tasks.find((task) => task.text === text)?.id ?? '', {
      hs_task_status: 'COMPLETED',
    });
  for (const text of ['On time', 'Late', 'Of Pol']) complete(text);
  stack.sandbox.crm.archive('tasks', tasks.find(({ text }) => text === 'Deleted')?.id ?? '');
  await stack.reconcile();
  // The sandbox completes tasks at the present time.
  const { db } = stack.product;
  await db
    .updateTable('step_tasks')
    .set({ completed_at: '2026-11-20T20:00:00Z' })
    .where('completed_at', 'is not', null)
    .execute();
}

test('the report counts what became of the tasks, by the person of the step', async () => {
  const query = { filters: {}, options: {} };
  const { db } = stack.product;
  const { rows, totals } = await runReport(db, stack.workspaceId, nextStepsKept, query, NOW);
  expect(rows).toMatchObject([
    { email: ana, tasks: 5, kept: 66.67, completed: 2, onTime: 1, open: 2, overdue: 1, deleted: 1, meetings: 1 },
    { email: pol, tasks: 1, kept: 100, completed: 1, onTime: 1, open: 0, overdue: 0, deleted: 0, meetings: 1 },
  ]);
  expect(totals).toMatchObject({ tasks: 6, kept: 75, completed: 3, onTime: 2, open: 2, overdue: 1, deleted: 1 });
  const behind = { key: pol, column: 'meetings', offset: 0, limit: 10 };
  expect(await meetingsBehind(db, stack.workspaceId, nextStepsKept, query, behind, NOW)).toMatchObject({
    total: 1,
    meetings: [{ meetingId: 'm' }],
  });
  const others = { filters: { owner: 'x@northwind.example' }, options: {} };
  expect((await runReport(db, stack.workspaceId, nextStepsKept, others, NOW)).rows).toEqual([]);
});

test('steps whose task is completed or deleted are neither overdue nor without a date', async () => {
  const { db } = stack.product;
  const listed = async (due: 'overdue' | 'all') => {
    const query = { filters: {}, options: { due } };
    const { rows, totals } = await runReport(db, stack.workspaceId, nextSteps, query, NOW);
    expect(totals?.['steps']).toBe(rows.length);
    return rows.map((row) => row['step']);
  };
  expect(await listed('overdue')).toEqual(['Overdue']);
  expect(await listed('all')).toEqual(['Overdue']);
  const query = { filters: {}, options: { due: 'overdue' as const } };
  const behind = { key: 'm/1', column: 'meetings', offset: 0, limit: 10 };
  expect(await meetingsBehind(db, stack.workspaceId, nextSteps, query, behind, NOW)).toMatchObject({ total: 0 });
});

test('the card of a record shows the state of each step', async () => {
  const { workspaceId, portalId } = stack;
  const record = { objectType: 'contacts', id: contactId };
  const { meetings } = await listRecordMeetings(stack.product.db, { workspaceId, portalId, record, limit: 5 });
  const states = meetings[0]?.nextSteps.map(({ text, task }) => [text, task?.state]) ?? [];
  expect(Object.fromEntries(states)).toEqual({
    'On time': 'completed',
    Late: 'completed',
    Overdue: 'open',
    Later: 'open',
    Deleted: 'deleted',
    'Of Pol': 'completed',
  });
  expect(states.map(([text]) => text)).toEqual(['Overdue', 'Later', 'Late', 'Deleted', 'On time', 'Of Pol']);
  expect(meetings[0]?.nextSteps.every(({ task }) => task?.url.includes('/task/') === true)).toBe(true);
});
