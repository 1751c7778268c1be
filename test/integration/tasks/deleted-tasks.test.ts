import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { SettingsPatch } from '../../../src/meeting/settings';
import type { StatusDocument } from '../../../src/meeting/status';
import { requestDeletion } from '../../../src/store/meetings/delete-meeting';
import { changeSettings } from '../../../src/store/settings/settings';
import { TEST_ACTOR } from '../../support/actors';
import { meeting } from '../../support/meetings';
import { startStack, type Stack } from '../../support/stack';

type NextStep = { text: string; id?: string; ownerEmail?: string };

let stack: Stack;
let name = '';
let count = 0;
let contactId: string;
beforeAll(async () => {
  stack = await startStack({});
  await stack.connect();
});
beforeEach(async () => {
  stack.sandbox.faults.clear();
  count += 1;
  name = `m${count}`;
  contactId = stack.sandbox.crm.create('contacts', { email: `${name}@acme.example` }).id;
  await change({ createTasks: 'all', excludedTitleWords: [] });
});
afterAll(() => stack.close());

const change = (patch: SettingsPatch) => changeSettings(stack.product.db, stack.workspaceId, patch, TEST_ACTOR);
const withSteps = (nextSteps: NextStep[]) =>
  meeting({
    meetingId: name,
    participants: [{ email: `${name}@acme.example`, name: 'Marc Serra' }],
    summary: { topics: [], nextSteps },
  });
const sync = (...nextSteps: NextStep[]) => stack.sync(withSteps(nextSteps));
const statesOf = ({ tasks }: StatusDocument) => tasks.map(({ text, state }) => `${text}: ${state}`).toSorted();
const idOf = ({ tasks }: StatusDocument) => tasks[0]?.id ?? '';
const deleteTask = (id: string) => {
  stack.sandbox.crm.archive('tasks', id);
};
const subjects = () =>
  stack.sandbox.crm
    .timeline('contacts', contactId)
    .filter(({ objectType }) => objectType === 'tasks')
    .map(({ properties }) => properties['hs_task_subject'] ?? '')
    .toSorted();
const ONE = { id: 'a', text: 'One' };

describe('a task that a person deleted is made again by a resync only', () => {
  const orders: [string, (id: string) => Promise<unknown>][] = [
    ['its step is dropped and comes back', () => sync()],
    [
      'its step is dropped, is still missing in another pass, and comes back',
      () => sync().then(() => sync({ text: 'Two' })),
    ],
    ['its step is dropped after a reconciliation saw the deletion', () => stack.reconcile().then(() => sync())],
    ['a reconciliation sees the deletion after its step was dropped', () => sync().then(() => stack.reconcile())],
    ['its step is dropped and the meeting runs again', () => sync().then(() => stack.resync(name))],
    ['its step gets another text', () => sync({ id: 'a', text: 'Two' })],
    ['its step loses its id', () => sync({ text: 'ONE' })],
    ['its step is merged into another one', () => sync({ id: 'b', text: 'One and two' })],
    [
      'no tasks are made for a while',
      () =>
        change({ createTasks: 'off' })
          .then(() => sync({ text: 'Two' }))
          .then(() => change({ createTasks: 'all' })),
    ],
    [
      'its step belongs to no colleague for a while',
      () =>
        change({ createTasks: 'internal' })
          .then(() => sync({ ...ONE, ownerEmail: 'x@acme.example' }))
          .then(() => change({ createTasks: 'all' })),
    ],
    [
      'the settings exclude the meeting for a while',
      () =>
        change({ excludedTitleWords: ['discovery'] })
          .then(() => stack.resync(name))
          .then(() => change({ excludedTitleWords: [] })),
    ],
    [
      'the meeting is deleted and posted again before HubSpot is written to',
      () => requestDeletion(stack.product.db, stack.workspaceId, name),
    ],
  ];
  test.each(orders)('%s', async (_name, meanwhile) => {
    const id = idOf(await sync(ONE));
    deleteTask(id);
    await meanwhile(id);
    const back = await sync(ONE, { text: 'Last' });
    expect(back).toMatchObject({ status: 'synced', reason: null });
    await stack.reconcile();
    expect(statesOf(await stack.status(name))).toEqual(expect.arrayContaining(['One: deleted', 'Last: open']));
    expect(subjects()).not.toContain('One');
    const again = await stack.resync(name);
    expect(statesOf(again)).toContain('One: open');
    expect(subjects().filter((subject) => subject === 'One')).toHaveLength(1);
  });

  test('it stays restored if a person restores it', async () => {
    const id = idOf(await sync(ONE));
    deleteTask(id);
    await sync();
    stack.sandbox.crm.restore('tasks', id);
    const back = await sync(ONE);
    await stack.reconcile();
    expect(back.tasks.map((task) => task.id)).toEqual([id]);
    expect(statesOf(await stack.status(name))).toEqual(['One: open']);
    expect(subjects()).toEqual(['One']);
  });

  test('of two steps with one text, the step that remains keeps the task that is there', async () => {
    const steps = ['a', 'b', 'c'].map((id) => ({ id, text: 'The same' }));
    const [first = '', second = '', third = ''] = (await sync(...steps)).tasks.map(({ id }) => id);
    deleteTask(first);
    deleteTask(third);
    await stack.reconcile();
    const document = await sync({ text: 'the same' });
    expect(document.tasks.find(({ state }) => state === 'open')?.id).toBe(second);
    expect(subjects()).toEqual(['the same']);
  });

  test('after the meeting was deleted, it is a new meeting', async () => {
    deleteTask(idOf(await sync(ONE)));
    await requestDeletion(stack.product.db, stack.workspaceId, name);
    await stack.starter.start(stack.workspaceId, name);
    await stack.until(name, 'deleted');
    expect(statesOf(await sync(ONE))).toEqual(['One: open']);
  });
});

describe('what we removed ourselves is made again when the meeting has it again', () => {
  /** Cuts the answers to removals until the given work is done. HubSpot applies them. */
  const whileRemovalsAreCut = async (objectType: string, work: () => Promise<unknown>) => {
    const pattern = `/${objectType}/batch/archive$`;
    const isRemoving = () => stack.sandbox.requests.list().some(({ path }) => new RegExp(pattern).test(path));
    stack.sandbox.requests.clear();
    stack.sandbox.faults.add({ match: { method: 'POST', pattern }, action: { kind: 'apply-then-cut' } });
    await work();
    while (!isRemoving()) await new Promise(setImmediate);
  };

  test('the task of a step whose removal was not answered', async () => {
    await sync(ONE);
    await whileRemovalsAreCut('tasks', () => stack.post(withSteps([])));
    expect(subjects()).toEqual([]);
    expect(statesOf(await sync(ONE))).toEqual(['One: open']);
    expect(subjects()).toEqual(['One']);
  });

  test('both activities and the task of a meeting whose deletion was not answered', async () => {
    await sync(ONE);
    await whileRemovalsAreCut('tasks', async () => {
      await requestDeletion(stack.product.db, stack.workspaceId, name);
      await stack.starter.start(stack.workspaceId, name);
    });
    await stack.post(withSteps([ONE]));
    stack.sandbox.faults.clear();
    const back = await stack.until(name, 'synced');
    expect(back).toMatchObject({ status: 'synced', reason: null });
    expect(statesOf(back)).toEqual(['One: open']);
    expect(back.engagements.summary).not.toBeNull();
    expect(back.engagements.notes).not.toBeNull();
    const live = stack.sandbox.crm.timeline('contacts', contactId).map(({ objectType }) => objectType);
    expect(live.toSorted()).toEqual(['meetings', 'notes', 'tasks']);
  });

  test('the notes whose removal was not answered', async () => {
    await sync(ONE);
    await whileRemovalsAreCut('notes', () => stack.post({ ...withSteps([ONE]), smartCategories: [] }));
    const back = await sync(ONE);
    expect(back).toMatchObject({ status: 'synced', reason: null });
    expect(back.engagements.notes).not.toBeNull();
  });
});
