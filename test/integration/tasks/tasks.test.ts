import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Fault } from '../../../sandbox/http/faults';
import type { ProcessedMeetingInput } from '../../../src/meeting/intake/schema';
import type { SettingsPatch } from '../../../src/meeting/settings';
import type { StatusDocument } from '../../../src/meeting/status';
import { deleteExpiredContent, requestDeletion } from '../../../src/store/meetings/delete-meeting';
import { erasePerson } from '../../../src/store/mirror/privacy';
import { changeSettings } from '../../../src/store/settings/settings';
import { backfilled, endedInBulk } from '../../support/bulk';
import { meeting } from '../../support/meetings';
import { startStack, type Stack } from '../../support/stack';
import { TEST_ACTOR } from '../../support/actors';

type NextStep = { text: string; id?: string; ownerEmail?: string; dueDate?: string };

let stack: Stack;
let name = '';
let count = 0;
let contactId: string;
const owners = new Map<string, string>();
beforeAll(async () => {
  stack = await startStack({});
  await stack.connect();
  for (const email of ['ana.ruiz@northwind.example', 'pol@northwind.example', 'leaves@northwind.example'])
    owners.set(email, stack.sandbox.portals.addOwner(stack.portalId, { email }).id);
});
beforeEach(async () => {
  stack.sandbox.faults.clear();
  count += 1;
  name = `m${count}`;
  contactId = stack.sandbox.crm.create('contacts', { email: `${name}@acme.example` }).id;
  await change({ createTasks: 'all', taskDueDays: 2, editedActivities: 'keep' });
});
afterAll(() => stack.close());

const change = (patch: SettingsPatch) => changeSettings(stack.product.db, stack.workspaceId, patch, TEST_ACTOR);
const withSteps = (nextSteps: NextStep[], changes: Partial<ProcessedMeetingInput> = {}) =>
  meeting({
    meetingId: name,
    participants: [{ email: `${name}@acme.example`, name: 'Marc Serra' }],
    summary: { topics: [], nextSteps },
    ...changes,
  });
const sync = (...nextSteps: NextStep[]) => stack.sync(withSteps(nextSteps));
const task = (id: string) => stack.sandbox.crm.get('tasks', id);
const edit = (id: string, properties: Record<string, string>) => stack.sandbox.crm.update('tasks', id, properties);
const idsOf = ({ tasks }: StatusDocument) => tasks.map(({ id }) => id);
const subjects = () =>
  stack.sandbox.crm
    .timeline('contacts', contactId)
    .filter(({ objectType }) => objectType === 'tasks')
    .map(({ properties }) => properties['hs_task_subject'] ?? '')
    .toSorted();
const requestsTo = (pattern: RegExp) => stack.sandbox.requests.list().filter(({ path }) => pattern.test(path));
const creates = { method: 'POST', pattern: '/tasks/batch/create$' };

async function remove(): Promise<void> {
  await requestDeletion(stack.product.db, stack.workspaceId, name);
  await stack.starter.start(stack.workspaceId, name);
  await stack.until(name, 'deleted');
}

test('each next step becomes one task, with its content, owner, date and the links of the meeting', async () => {
  const company = stack.sandbox.crm.create('companies', { domain: `${name}.example` });
  stack.sandbox.crm.associate('contacts', contactId, 'companies', company.id);
  const document = await sync(
    { id: 's-1', text: 'Send the offer\nby mail', ownerEmail: 'POL@northwind.example', dueDate: '2026-11-20' },
    { text: 'Call Marc', ownerEmail: 'marc@acme.example' },
    { text: ' call  MARC ' },
  );
  expect(document).toMatchObject({ status: 'synced', warnings: [] });
  expect(document.tasks).toEqual([
    {
      stepId: 's-1',
      text: 'Send the offer\nby mail',
      id: expect.any(String),
      url: expect.stringContaining('/task/'),
      state: 'open',
    },
    { stepId: null, text: 'Call Marc', id: expect.any(String), url: expect.any(String), state: 'open' },
  ]);
  const [first = '', second = ''] = idsOf(document);
  expect(task(first)?.properties).toMatchObject({
    hs_task_subject: 'Send the offer by mail',
    hs_task_body: `<p>Send the offer<br>by mail</p><p><a href="https://app.northwind.example/meetings/${name}?a=1&amp;b=2">Open the recording</a></p>`,
    hs_task_status: 'NOT_STARTED',
    hs_task_type: 'TODO',
    hs_timestamp: '2026-11-20T08:00:00Z',
    hubspot_owner_id: owners.get('pol@northwind.example'),
  });
  // The external owner is no HubSpot owner: it is the host's. Two working days after a Tuesday is Thursday.
  expect(task(second)?.properties).toMatchObject({
    hs_timestamp: '2026-11-05T08:00:00Z',
    hubspot_owner_id: owners.get('ana.ruiz@northwind.example'),
  });
  const linked = stack.sandbox.crm.timeline('companies', company.id).filter(({ objectType }) => objectType === 'tasks');
  expect(linked.map(({ id }) => id).toSorted()).toEqual([first, second].toSorted());
});

test('a run again changes nothing, and a step keeps its task by its id or its text', async () => {
  const before = idsOf(await sync({ id: 'a', text: 'One' }, { text: 'Two' }));
  const written = before.map((id) => task(id)?.updatedAt);
  expect(idsOf(await stack.resync(name))).toEqual(before);
  expect(idsOf(await sync({ id: 'a', text: 'One, changed' }, { id: 'b', text: 'TWO' }))).toEqual(before);
  expect(before.map((id) => task(id)?.properties['hs_task_subject'])).toEqual(['One, changed', 'TWO']);
  expect(written).not.toContain(undefined);
  expect(subjects()).toEqual(['One, changed', 'TWO']);
});

test('a dropped step archives its task, and a new one gets its own', async () => {
  const [first = ''] = idsOf(await sync({ text: 'One' }));
  const document = await sync({ text: 'Two' });
  expect(document.tasks.map(({ text }) => text)).toEqual(['Two']);
  expect(task(first)?.archived).toBe(true);
  expect(subjects()).toEqual(['Two']);
});

describe('a task that a person made theirs', () => {
  const changes = [
    ['completed', { hs_task_status: 'COMPLETED' }],
    ['begun', { hs_task_status: 'IN_PROGRESS' }],
    ['renamed', { hs_task_subject: 'By hand' }],
    ['moved to another day', { hs_timestamp: '2027-01-01T09:00:00Z' }],
    ['with another text', { hs_task_body: '<p>By hand</p>' }],
    ['with a priority', { hs_task_priority: 'HIGH' }],
    ['reassigned', { hubspot_owner_id: 'pol' }],
    ['unassigned', { hubspot_owner_id: '' }],
  ] as const;
  const edited = (values: Readonly<Record<string, string>>) =>
    Object.fromEntries(
      Object.entries(values).map(([key, value]) => [
        key,
        value === 'pol' ? (owners.get('pol@northwind.example') ?? '') : value,
      ]),
    );

  test.each(changes)(
    '%s: stays at a changed step, a resync, an overwrite, a dropped step and a deletion',
    async (_, values) => {
      const [id = ''] = idsOf(await sync({ id: 'a', text: 'One' }));
      edit(id, edited(values));
      const theirs = task(id)?.properties;
      await sync({ id: 'a', text: 'Two' });
      await stack.resync(name);
      await change({ editedActivities: 'overwrite' });
      await stack.resync(name);
      const dropped = await sync({ id: 'b', text: 'Other' });
      expect(dropped.tasks.map(({ stepId }) => stepId ?? '').toSorted()).toEqual(['a', 'b']);
      const other = dropped.tasks.find(({ stepId }) => stepId === 'b')?.id ?? '';
      await remove();
      expect(task(id)).toMatchObject({ archived: false });
      const { hs_lastmodifieddate: _then, ...before } = theirs ?? {};
      expect(task(id)?.properties).toMatchObject(before);
      expect(task(other)?.archived).toBe(true);
    },
  );

  test('without an owner of ours, a task that a person assigned is theirs', async () => {
    const steps = (text: string) => withSteps([{ id: 'a', text }], { host: { email: 'nobody@northwind.example' } });
    const [id = ''] = idsOf(await stack.sync(steps('One')));
    expect(task(id)?.properties['hubspot_owner_id'] ?? '').toBe('');
    edit(id, { hubspot_owner_id: owners.get('pol@northwind.example') ?? '' });
    await stack.sync(steps('Two'));
    expect(task(id)?.properties['hs_task_subject']).toBe('One');
  });

  test('is shown as completed, and as open when it is opened again', async () => {
    const [id = ''] = idsOf(await sync({ id: 'a', text: 'One' }));
    edit(id, { hs_task_status: 'COMPLETED' });
    expect((await stack.resync(name)).tasks).toMatchObject([{ id, state: 'completed' }]);
    edit(id, { hs_task_status: 'NOT_STARTED' });
    expect((await stack.resync(name)).tasks).toMatchObject([{ id, state: 'open' }]);
  });
});

test('a deleted task is made again by a resync only', async () => {
  const [id = ''] = idsOf(await sync({ id: 'a', text: 'One' }));
  stack.sandbox.crm.archive('tasks', id);
  const changed = await sync({ id: 'a', text: 'Two' });
  expect(changed).toMatchObject({ status: 'synced', reason: null, tasks: [{ id, state: 'deleted' }] });
  expect(subjects()).toEqual([]);
  const again = await stack.resync(name);
  expect(again.tasks).toMatchObject([{ state: 'open' }]);
  expect(idsOf(again)).not.toEqual([id]);
  expect(subjects()).toEqual(['Two']);
});

test('tasks follow the links of the meeting', async () => {
  const other = stack.sandbox.crm.create('contacts', { email: `other-${name}@acme.example` });
  const linked = (id: string) => stack.sandbox.crm.associations('tasks', id, 'contacts').map((each) => each.id);
  const both = [{ email: `${name}@acme.example` }, { email: `other-${name}@acme.example` }];
  const [id = ''] = idsOf(await sync({ text: 'One' }));
  expect(linked(id)).toEqual([contactId]);
  await stack.sync(withSteps([{ text: 'One' }], { participants: both }));
  expect(linked(id).toSorted()).toEqual([contactId, other.id].toSorted());
  await stack.sync(withSteps([{ text: 'One' }], { participants: both.slice(1) }));
  expect(linked(id)).toEqual([other.id]);
});

describe('what became of a task comes back', () => {
  const event = (kind: string, id: string) => ({
    subscriptionType: `object.${kind}`,
    objectTypeId: '0-27',
    objectId: Number(id),
    ...(kind === 'propertyChange' ? { propertyName: 'hs_task_status', propertyValue: 'COMPLETED' } : {}),
  });

  test('by webhooks: completed, opened again, deleted and restored', async () => {
    const [id = ''] = idsOf(await sync({ text: 'One' }));
    const { updatedAt } = await stack.status(name);
    edit(id, { hs_task_status: 'COMPLETED' });
    await stack.apply(event('propertyChange', id));
    const completed = await stack.status(name);
    expect(completed.tasks).toMatchObject([{ id, state: 'completed' }]);
    expect(completed.updatedAt > updatedAt).toBe(true);
    edit(id, { hs_task_status: 'NOT_STARTED' });
    await stack.apply(event('propertyChange', id));
    expect((await stack.status(name)).tasks).toMatchObject([{ id, state: 'open' }]);
    stack.sandbox.crm.archive('tasks', id);
    await stack.apply(event('deletion', id));
    expect(await stack.status(name)).toMatchObject({
      status: 'synced',
      reason: null,
      tasks: [{ id, state: 'deleted' }],
    });
    stack.sandbox.crm.restore('tasks', id);
    await stack.apply(event('restore', id));
    expect((await stack.status(name)).tasks).toMatchObject([{ id, state: 'open' }]);
    expect(subjects()).toEqual(['One']);
  });

  test('by a reconciliation, and other people’s tasks change nothing', async () => {
    const [first = '', second = ''] = idsOf(await sync({ text: 'One' }, { text: 'Two' }));
    edit(first, { hs_task_status: 'COMPLETED' });
    stack.sandbox.crm.archive('tasks', second);
    const theirs = stack.sandbox.crm.create('tasks', { hs_timestamp: '2026-11-05T08:00:00Z', hs_task_subject: 'Mine' });
    await stack.apply(event('propertyChange', theirs.id));
    await stack.reconcile();
    expect((await stack.status(name)).tasks.map(({ state }) => state)).toEqual(['completed', 'deleted']);
  });

  test('a missing permission for tasks does not stop a reconciliation', async () => {
    const { engagements } = await sync({ text: 'One' });
    stack.sandbox.crm.archive('meetings', engagements.summary?.id ?? '');
    const body = { status: 'error', category: 'MISSING_SCOPES', message: 'You lack the scope' };
    stack.sandbox.faults.add({ match: { pattern: '/tasks/' }, action: { kind: 'status', status: 403, body } });
    await stack.reconcile();
    expect((await stack.status(name)).engagements.summary).toBeNull();
  });
});

describe('the settings', () => {
  test('internal makes tasks of the steps of colleagues only, and existing tasks follow their step', async () => {
    await change({ createTasks: 'internal' });
    const [id = ''] = idsOf(
      await sync(
        { id: 'a', text: 'Ours', ownerEmail: 'new@northwind.example' },
        { text: 'Theirs', ownerEmail: 'x@acme.example' },
        { text: 'Of no one' },
      ),
    );
    expect(subjects()).toEqual(['Ours']);
    await change({ createTasks: 'off' });
    expect(idsOf(await sync({ id: 'a', text: 'Ours, changed' }, { text: 'New' }))).toEqual([id]);
    expect(subjects()).toEqual(['Ours, changed']);
  });

  test('a meeting from before gets tasks by a resync or a new content, and not by a pass alone', async () => {
    await change({ createTasks: 'off' });
    await sync({ text: 'One' });
    await change({ createTasks: 'all' });
    await stack.reconcile();
    expect((await stack.status(name)).tasks).toEqual([]);
    expect((await stack.resync(name)).tasks).toHaveLength(1);
  });

  test('without tasks, a pass has no further step', async () => {
    await change({ createTasks: 'off' });
    const { workflow } = await sync({ text: 'One' });
    const history = await stack.temporal.workflow.getHandle(workflow.id).fetchHistory();
    expect(JSON.stringify(history)).not.toContain('writeTasks');
  });
});

describe('exactly once', () => {
  const losses: [string, Fault['action']][] = [
    ['cut', { kind: 'apply-then-cut' }],
    ['500', { kind: 'apply-then-500' }],
    ['half of the answer', { kind: 'cut-json' }],
    ['cut before', { kind: 'cut' }],
    ['an empty answer', { kind: 'empty-200' }],
  ];
  test.each(losses)('a lost answer to the creates: %s', async (_, action) => {
    stack.sandbox.faults.add({ match: creates, times: 1, action });
    const document = await sync(
      { text: 'One' },
      { text: 'Two' },
      { id: 'a', text: 'The same' },
      { id: 'b', text: 'The same' },
      { id: 'c', text: 'Due later', dueDate: '2026-12-01' },
    );
    expect(document).toMatchObject({ status: 'synced', warnings: [] });
    expect(subjects()).toEqual(['Due later', 'One', 'The same', 'The same', 'Two']);
    expect(new Set(idsOf(document)).size).toBe(5);
    expect(document.tasks.map(({ text }) => text)).toEqual(['One', 'Two', 'The same', 'The same', 'Due later']);
    await sync({ text: 'One' });
    expect(subjects()).toEqual(['One']);
  });

  test('a lost answer to an update does not make the task a person’s', async () => {
    const [id = ''] = idsOf(await sync({ id: 'a', text: 'One' }));
    stack.sandbox.faults.add({
      match: { method: 'POST', pattern: '/tasks/batch/update$' },
      times: 1,
      action: { kind: 'apply-then-cut' },
    });
    await sync({ id: 'a', text: 'Two' });
    await sync({ id: 'a', text: 'Three' });
    expect(task(id)?.properties['hs_task_subject']).toBe('Three');
  });

  test('a deletion finds tasks whose create was not answered', async () => {
    stack.sandbox.faults.add({ match: creates, times: 1, action: { kind: 'apply-then-cut' } });
    await stack.post(withSteps([{ text: 'One' }, { text: 'Two' }]));
    await requestDeletion(stack.product.db, stack.workspaceId, name);
    await stack.starter.start(stack.workspaceId, name);
    await stack.until(name, 'deleted');
    expect(subjects()).toEqual([]);
  });

  test('bulk passes write the tasks of many meetings in batches', async () => {
    const meetings = await backfilled(stack, `${name}-bulk`, 12);
    stack.sandbox.requests.clear();
    await endedInBulk(stack, meetings);
    for (const { meetingId, contactId: id } of meetings) {
      // oxlint-disable-next-line no-await-in-loop -- few
      expect((await stack.status(meetingId)).tasks).toHaveLength(1);
      expect(
        stack.sandbox.crm.timeline('contacts', id).filter(({ objectType }) => objectType === 'tasks'),
      ).toHaveLength(1);
    }
    expect(requestsTo(/\/tasks\/batch\/create$/).length).toBeLessThan(meetings.length);
  });
});

describe('content that is erased', () => {
  const erase = () =>
    erasePerson(stack.product.db, stack, {
      records: [{ objectType: 'contacts', id: contactId }],
      emails: [`${name}@acme.example`],
      names: ['Marc Serra'],
    });

  test('a person is masked in tasks, also in those that people made theirs, and steps keep their tasks', async () => {
    const other = stack.sandbox.crm.create('contacts', { email: `other-${name}@acme.example` });
    const steps = withSteps([{ text: 'Call Marc Serra' }, { text: 'Write to Marc Serra' }, { text: 'Plan' }], {
      participants: [{ email: `${name}@acme.example`, name: 'Marc Serra' }, { email: `other-${name}@acme.example` }],
    });
    const before = idsOf(await stack.sync(steps));
    edit(before[1] ?? '', { hs_task_status: 'COMPLETED' });
    await erase();
    await stack.starter.start(stack.workspaceId, name);
    await stack.until(name, 'accepted', 'syncing', 'synced');
    const after = await stack.resync(name);
    expect(idsOf(after)).toEqual(before);
    expect(after.tasks.map(({ text }) => text)).toEqual(['Call [erased]', 'Write to [erased]', 'Plan']);
    expect(before.map((id) => task(id)?.properties['hs_task_subject'])).toEqual([
      'Call [erased]',
      'Write to [erased]',
      'Plan',
    ]);
    expect(JSON.stringify(before.map((id) => task(id)?.properties))).not.toContain('Serra');
    expect(task(before[1] ?? '')?.properties['hs_task_status']).toBe('COMPLETED');
    expect(
      stack.sandbox.crm.timeline('contacts', other.id).filter(({ objectType }) => objectType === 'tasks'),
    ).toHaveLength(3);
  });

  test('a person is masked in the completed task of a step that the meeting no longer has', async () => {
    const [id = ''] = idsOf(await sync({ id: 'a', text: 'Call Jo Doe' }));
    edit(id, { hs_task_status: 'COMPLETED' });
    await sync({ id: 'b', text: 'Plan' });
    const person = { records: [{ objectType: 'contacts', id: '404' }], emails: [], names: ['Jo Doe'] };
    await erasePerson(stack.product.db, stack, person);
    await stack.starter.start(stack.workspaceId, name);
    await stack.until(name, 'accepted', 'syncing', 'synced');
    const { tasks } = await stack.resync(name);
    expect(tasks.map(({ text }) => text)).toEqual(expect.arrayContaining(['Call [erased]', 'Plan']));
    expect(task(id)?.properties).toMatchObject({ hs_task_subject: 'Call [erased]', hs_task_status: 'COMPLETED' });
  });

  test('a meeting that is posted again after its content expired finds its tasks', async () => {
    const before = idsOf(await sync({ text: 'One' }, { id: 'a', text: 'Two' }));
    await change({ retentionDays: 1 });
    const { db } = stack.product;
    await db
      .updateTable('meetings')
      .set({ posted_at: new Date(Date.now() - 3 * 86_400_000) })
      .where('meeting_id', '=', name)
      .execute();
    await deleteExpiredContent(db, 100);
    await change({ retentionDays: null });
    expect((await stack.status(name)).tasks).toEqual([]);
    const rows = await db.selectFrom('step_tasks').selectAll().where('meeting_id', '=', name).execute();
    expect(rows).toEqual([]);
    expect(idsOf(await sync({ text: 'one' }))).toEqual(before.slice(0, 1));
    expect(subjects()).toEqual(['one']);
  });
});

describe('a refusal never costs the meeting', () => {
  test('a missing permission becomes a warning, and the next pass tries again', async () => {
    const body = { status: 'error', category: 'MISSING_SCOPES', message: 'You lack the scope' };
    const fault = stack.sandbox.faults.add({
      match: { pattern: '/tasks/' },
      action: { kind: 'status', status: 403, body },
    });
    const document = await sync({ text: 'One' }, { text: 'Two' });
    expect(document).toMatchObject({ status: 'synced', tasks: [] });
    expect(document.engagements.summary).not.toBeNull();
    expect(document.warnings.map(({ path }) => path)).toEqual(['summary.nextSteps[0]', 'summary.nextSteps[1]']);
    stack.sandbox.faults.clear(fault);
    expect(await stack.resync(name)).toMatchObject({ warnings: [], tasks: [{ text: 'One' }, { text: 'Two' }] });
  });

  test('an owner who left is dropped with one warning', async () => {
    const email = 'leaves@northwind.example';
    const steps = (id: string) => ({ id, text: `Step ${id}`, ownerEmail: email });
    await sync(steps('a'));
    stack.sandbox.portals.setOwnerArchived(stack.portalId, owners.get(email) ?? '', true);
    const document = await sync(steps('a'), steps('b'), steps('c'));
    expect(document.tasks).toHaveLength(3);
    expect(document.warnings).toEqual([
      { path: 'hubspot_owner_id', message: expect.stringContaining('the tasks of next steps are there without it') },
    ]);
  });
});
