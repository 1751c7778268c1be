import { expect, test } from '@jest/globals';
import { TASK_REASONS } from '../../../../src/meeting/tasks/planned-steps';
import { decideTask, type TaskFacts } from '../../../../src/planning/tasks/decide-task';

const step = { without: null, contentHash: 'hash' };
const row = { state: 'written' as const, content_hash: 'hash', deleted_at: null, removing: false };
const facts: TaskFacts = { outcome: 'written', step, row, found: 'untouched' };
const deleted = new Date('2026-11-03');

test.each([
  ['a new step', { row: null, found: 'gone' }, 'create', null],
  ['a create without an answer', { row: { ...row, state: 'writing' }, found: 'gone' }, 'create', null],
  ['a step that gets none', { row: null, step: { ...step, without: 'Why.' }, found: 'gone' }, 'none', 'Why.'],
  [
    'a new step of a skipped meeting',
    { row: null, outcome: 'removed', found: 'gone' },
    'none',
    TASK_REASONS.notWritten,
  ],
  ['the same content', {}, 'keep', TASK_REASONS.same],
  ['the same content after our removal began', { row: { ...row, removing: true } }, 'change', null],
  ['other content', { step: { ...step, contentHash: 'other' } }, 'change', null],
  ['a person’s', { step: { ...step, contentHash: 'other' }, found: 'touched' }, 'keep', TASK_REASONS.touched],
  ['deleted', { row: { ...row, deleted_at: deleted }, found: 'gone' }, 'none', TASK_REASONS.deleted],
  ['deleted just now', { found: 'gone' }, 'none', TASK_REASONS.deleted],
  ['removed by us', { found: 'gone', row: { ...row, removing: true } }, 'create', null],
  ['a dropped step', { step: null }, 'archive', TASK_REASONS.dropped],
  ['a dropped step, a person’s', { step: null, found: 'touched' }, 'keep', TASK_REASONS.touched],
  ['a dropped step, deleted', { step: null, found: 'gone' }, 'none', TASK_REASONS.deleted],
  ['a dropped step without an answer', { step: null, row: { ...row, state: 'writing' } }, 'none', TASK_REASONS.dropped],
  ['an excluded meeting', { outcome: 'removed' }, 'archive', TASK_REASONS.notWritten],
  ['an excluded meeting, a person’s', { outcome: 'removed', found: 'touched' }, 'keep', TASK_REASONS.touched],
  ['a meeting without a record', { outcome: 'stays' }, 'keep', TASK_REASONS.unlinked],
] as const satisfies readonly (readonly [string, Partial<TaskFacts>, string, string | null])[])(
  '%s',
  (_name, changes, action, reason) => {
    expect(decideTask({ ...facts, ...changes })).toEqual({ action, reason });
  },
);
