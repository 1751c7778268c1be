import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { PreviewedTask } from '../../../src/meeting/preview';
import type { SettingsPatch } from '../../../src/meeting/settings';
import { TASK_REASONS } from '../../../src/meeting/tasks/planned-steps';
import { previewMeeting } from '../../../src/planning/preview';
import { previewSettings } from '../../../src/planning/settings-preview';
import { acceptMeeting } from '../../../src/store/meetings/meetings';
import { postedMeetingSchema } from '../../../src/meeting/intake/schema';
import { changeSettings } from '../../../src/store/settings/settings';
import { TEST_ACTOR } from '../../support/actors';
import { meeting } from '../../support/meetings';
import { startStack, type Stack } from '../../support/stack';

let stack: Stack;
let name = '';
let count = 0;
beforeAll(async () => {
  stack = await startStack({});
  await stack.connect();
  stack.sandbox.portals.addOwner(stack.portalId, { email: 'ana.ruiz@northwind.example' });
});
beforeEach(async () => {
  count += 1;
  name = `m${count}`;
  stack.sandbox.crm.create('contacts', { email: `${name}@acme.example` });
  await change({ createTasks: 'all', taskDueDays: 2, excludedTitleWords: [] });
});
afterAll(() => stack.close());

const change = (patch: SettingsPatch) => changeSettings(stack.product.db, stack.workspaceId, patch, TEST_ACTOR);
const withSteps = (...texts: string[]) =>
  meeting({
    meetingId: name,
    participants: [{ email: `${name}@acme.example` }],
    summary: { topics: [], nextSteps: texts.map((text) => ({ text, id: text.split(' ')[0] ?? '' })) },
  });
/** Stores a meeting without a sync. */
const store = async (...texts: string[]) => {
  const posted = postedMeetingSchema.parse(withSteps(...texts));
  await acceptMeeting(stack.product.db, { workspaceId: stack.workspaceId, ...posted });
};
const preview = async () => {
  const found = await previewMeeting(stack.product, { workspaceId: stack.workspaceId, meetingId: name });
  return found?.tasks ?? [];
};
const short = ({ text, action, reason }: PreviewedTask) => [text, action, reason];
const changesOf = async (patch: SettingsPatch) => {
  const { meetings } = await previewSettings(stack.product, stack.workspaceId, patch);
  return meetings.find(({ meetingId }) => meetingId === name)?.tasks.map(short);
};

test('a preview says what becomes of each task, and a sync does it', async () => {
  const all = ['same', 'changed', 'edited', 'deleted', 'dropped', 'kept'];
  const { tasks } = await stack.sync(withSteps(...all));
  const idOf = (text: string) => tasks.find((task) => task.text === text)?.id ?? '';
  for (const text of ['edited', 'kept']) stack.sandbox.crm.update('tasks', idOf(text), { hs_task_status: 'COMPLETED' });
  stack.sandbox.crm.archive('tasks', idOf('deleted'));
  await store('same', 'changed now', 'edited now', 'deleted now', 'new');
  stack.sandbox.requests.clear();
  const previewed = await preview();
  expect(previewed.slice(0, 5).map(short)).toEqual([
    ['same', 'keep', TASK_REASONS.same],
    ['changed now', 'change', null],
    ['edited now', 'keep', TASK_REASONS.touched],
    ['deleted now', 'none', TASK_REASONS.deleted],
    ['new', 'create', null],
  ]);
  expect(
    previewed
      .slice(5)
      .map((each) => short(each).join(': '))
      .toSorted(),
  ).toEqual([`dropped: archive: ${TASK_REASONS.dropped}`, `kept: keep: ${TASK_REASONS.touched}`]);
  expect(previewed.at(4)).toMatchObject({
    stepId: 'new',
    id: null,
    url: null,
    dueAt: '2026-11-05T08:00:00.000Z',
    ownerEmail: 'ana.ruiz@northwind.example',
  });
  expect(stack.sandbox.requests.list().filter(({ path }) => /batch\/(?:create|update|archive)$/.test(path))).toEqual(
    [],
  );
  const after = await stack.sync(withSteps('same', 'changed now', 'edited now', 'deleted now', 'new'));
  expect(Object.fromEntries(after.tasks.map(({ text, state }) => [text, state]))).toEqual({
    same: 'open',
    'changed now': 'open',
    'edited now': 'completed',
    'deleted now': 'deleted',
    new: 'open',
    kept: 'completed',
  });
  expect(stack.sandbox.crm.get('tasks', idOf('dropped'))?.archived).toBe(true);
  expect((await preview()).filter(({ action }) => action !== 'keep' && action !== 'none')).toEqual([]);
});

test('a change of the settings shows its effect on the tasks', async () => {
  await stack.sync(withSteps('one'));
  expect(await changesOf({ taskDueDays: 3 })).toEqual([['one', 'change', null]]);
  expect(await changesOf({ taskDueDays: 2, lateMatchDays: 9 })).toEqual([['one', 'keep', TASK_REASONS.same]]);
  expect(await changesOf({ createTasks: 'off' })).toEqual([['one', 'keep', TASK_REASONS.same]]);
  expect(await changesOf({ excludedTitleWords: ['discovery'] })).toEqual([['one', 'keep', TASK_REASONS.unlinked]]);
});

test('settings that begin to make tasks make them for a meeting from before by another sync only', async () => {
  await change({ createTasks: 'off' });
  await stack.sync(withSteps('one'));
  expect(await changesOf({ taskDueDays: 3 })).toEqual([]);
  expect(await changesOf({ createTasks: 'internal' })).toEqual([['one', 'none', TASK_REASONS.notInternal]]);
  expect(await changesOf({ createTasks: 'all' })).toEqual([['one', 'none', TASK_REASONS.earlier]]);
  await change({ createTasks: 'all' });
  expect((await preview()).map(short)).toEqual([['one', 'none', TASK_REASONS.earlier]]);
  expect((await stack.resync(name)).tasks).toHaveLength(1);
});
