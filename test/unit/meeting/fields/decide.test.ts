import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  decideField,
  winnerOf,
  type Candidate,
  type FieldQuestion,
  type Written,
} from '../../../../src/meeting/fields/decide';
import { FIELD_POLICIES } from '../../../../src/meeting/fields/mapping';

const candidate = (
  meetingId: string,
  startedAt: number,
  fits: string | null,
  decision: Candidate['decision'] = null,
) => ({
  meetingId,
  startedAt,
  fits,
  decision,
});
const written = (change: Partial<Written>): Written => ({
  meetingId: 'old',
  startedAt: 1,
  isPresent: true,
  before: 'before',
  ...change,
});
const ask = (change: Partial<FieldQuestion>): FieldQuestion => ({
  candidates: [candidate('new', 2, 'B')],
  policy: 'ours',
  present: null,
  written: null,
  definition: null,
  isClosed: false,
  ...change,
});
const accepted = (value: string, isApplied: boolean, seen = 'X') =>
  ({ is: 'accepted', value, seen, isApplied }) as const;

describe('decided', () => {
  test.each<[string, Partial<FieldQuestion>, object]>([
    ['empty', {}, { do: 'write', value: 'B', before: null }],
    ['a person’s value', { present: 'X' }, { do: 'keep', meetingId: 'new' }],
    ['a person’s value, always', { present: 'X', policy: 'always' }, { do: 'write', value: 'B', before: 'X' }],
    ['the same value of a person', { present: 'B' }, { do: 'keep' }],
    ['ours', { present: 'A', written: written({}) }, { do: 'write', value: 'B', before: 'before' }],
    ['ours, changed by a person', { present: 'X', written: written({ isPresent: false }) }, { do: 'keep' }],
    ['ours, cleared by a person', { present: '', written: written({ isPresent: false }) }, { do: 'write', before: '' }],
    ['ours already', { present: 'B', written: written({}) }, { do: 'adopt' }],
    ['if_empty and empty', { policy: 'if_empty' }, { do: 'write' }],
    ['if_empty and another meeting’s', { policy: 'if_empty', present: 'A', written: written({}) }, { do: 'keep' }],
    [
      'if_empty and the same meeting’s',
      { policy: 'if_empty', present: 'A', written: written({ meetingId: 'new', startedAt: 2 }) },
      { do: 'write' },
    ],
    [
      'if_empty and a deleted meeting’s',
      { policy: 'if_empty', present: 'A', written: written({ meetingId: null }) },
      { do: 'write' },
    ],
    ['a newer one whose content is gone', { present: 'C', written: written({ startedAt: 3 }) }, { do: 'nothing' }],
    [
      'a newer one that is deleted',
      { present: 'C', written: written({ meetingId: null, startedAt: 3 }) },
      { do: 'write', value: 'B', before: 'before' },
    ],
    [
      'none left',
      { candidates: [], present: 'A', written: written({ meetingId: null }) },
      { do: 'putBack', value: 'before' },
    ],
    [
      'none left and nothing before',
      { candidates: [], present: 'A', written: written({ meetingId: null, before: null }) },
      { do: 'putBack', value: '' },
    ],
    [
      'none left, edited',
      { candidates: [], present: 'X', written: written({ meetingId: null, isPresent: false }) },
      { do: 'forget' },
    ],
    ['no mapping', { policy: null, present: 'A', written: written({}) }, { do: 'nothing' }],
    ['no mapping, deleted', { policy: null, present: 'A', written: written({ meetingId: null }) }, { do: 'putBack' }],
    ['a closed deal', { isClosed: true }, { do: 'closed' }],
    [
      'a closed deal, deleted',
      { isClosed: true, present: 'A', written: written({ meetingId: null }) },
      { do: 'putBack' },
    ],
    ['review', { policy: 'review', present: 'X' }, { do: 'suggest', value: 'B' }],
    ['review of what is there', { policy: 'review', present: 'B' }, { do: 'keep' }],
    [
      'accepted',
      { policy: 'review', present: 'X', candidates: [candidate('new', 2, 'B', accepted('Bb', false))] },
      { do: 'write', value: 'Bb', before: 'X' },
    ],
    [
      'accepted, while a person changed what was seen',
      { policy: 'review', present: 'Y', candidates: [candidate('new', 2, 'B', accepted('Bb', false))] },
      { do: 'reopen', meetingId: 'new' },
    ],
    [
      'accepted, and written before a lost answer',
      {
        policy: 'review',
        present: 'Bb',
        candidates: [candidate('new', 2, 'B', accepted('Bb', false))],
        written: written({ meetingId: 'new' }),
      },
      { do: 'adopt', meetingId: 'new' },
    ],
    [
      'accepted, while the value of an older accepted one was written',
      {
        policy: 'review',
        present: 'A',
        candidates: [candidate('new', 2, 'B', accepted('B', false))],
        written: written({}),
      },
      { do: 'write', value: 'B', before: 'before' },
    ],
    [
      'an older one accepted, while a newer one waits',
      {
        policy: 'review',
        present: 'X',
        candidates: [candidate('new', 2, 'B'), candidate('old', 1, 'A', accepted('A', false))],
      },
      { do: 'write', meetingId: 'old', value: 'A', before: 'X' },
    ],
    [
      'accepted and then edited by a person',
      {
        policy: 'review',
        present: 'Y',
        candidates: [candidate('new', 2, 'B', accepted('Bb', true))],
        written: written({ meetingId: 'new', isPresent: false }),
      },
      { do: 'keep' },
    ],
    [
      'refused by a person',
      { policy: 'review', candidates: [candidate('new', 2, 'B', { is: 'refused' })] },
      { do: 'refusedByPerson' },
    ],
    [
      'a newer suggestion after an accepted one',
      {
        policy: 'review',
        present: 'A',
        candidates: [candidate('new', 2, 'B'), candidate('old', 1, 'A', accepted('A', true))],
        written: written({}),
      },
      { do: 'suggest', meetingId: 'new' },
    ],
  ])('%s', (_name, change, expected) => {
    expect(decideField(ask(change))).toMatchObject(expected);
  });
});

const candidates = fc.uniqueArray(
  fc.record({
    meetingId: fc.stringMatching(/^[a-d]$/),
    startedAt: fc.integer({ min: 1, max: 3 }),
    fits: fc.option(fc.constantFrom('A', 'B', 'C')),
    decision: fc.constant(null),
  }),
  { selector: ({ meetingId }) => meetingId },
);

test('the winner does not depend on the order, and no fitting value is newer', () => {
  fc.assert(
    fc.property(candidates, (some) => {
      const winner = winnerOf(some);
      expect(winnerOf(some.toReversed())).toEqual(winner);
      for (const each of some) if (each.fits !== null) expect(winner?.startedAt).toBeGreaterThanOrEqual(each.startedAt);
    }),
  );
});

test('a second run after a write writes nothing, and a person’s value stays except with always', () => {
  fc.assert(
    fc.property(
      candidates,
      fc.constantFrom(...FIELD_POLICIES),
      fc.option(fc.constantFrom('A', 'X')),
      (some, policy, present) => {
        const action = decideField(ask({ candidates: some, policy, present }));
        if (action.do !== 'write') return;
        expect(present === null || policy === 'always').toBe(true);
        const after = written({ meetingId: action.meetingId, startedAt: 3, before: action.before });
        expect(decideField(ask({ candidates: some, policy, present: action.value, written: after })).do).toBe('adopt');
        const deleted = { ...after, meetingId: null };
        const end = decideField(ask({ candidates: [], policy, present: action.value, written: deleted }));
        expect(end).toEqual({ do: 'putBack', value: present ?? '' });
        expect(decideField(ask({ candidates: [], policy, present: action.value, written: after })).do).toBe('nothing');
      },
    ),
  );
});
