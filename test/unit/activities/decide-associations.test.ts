import { expect, test } from '@jest/globals';
import {
  decideAssociations,
  decideClaims,
  inOrder,
  refusedByRecord,
} from '../../../src/activities/engagements/decide-associations';
import { recordKey, type RecordRef } from '../../../src/meeting/linking/cascade';
import type { EngagementKind } from '../../../src/store/engagements/tables';
import { ref } from './events';

const own = (key: string, state: { pending?: boolean; gone?: boolean } = {}) => ({
  ...ref(key),
  pending: false,
  gone: false,
  ...state,
});
const keys = (records: readonly RecordRef[]) => records.map(recordKey);

test.each([
  ['nothing is ours yet', [], ['contacts/1'], { missing: ['contacts/1'] }],
  ['ours and due', [own('contacts/1')], ['contacts/1'], {}],
  ['ours and no longer due', [own('contacts/1')], [], { surplus: ['contacts/1'] }],
  [
    'ours, due and not answered',
    [own('contacts/1', { pending: true })],
    ['contacts/1'],
    { unfinished: ['contacts/1'] },
  ],
  ['ours, due, of a restored record', [own('deals/1', { gone: true })], ['deals/1'], { unfinished: ['deals/1'] }],
  ['not answered, no longer due', [own('contacts/1', { pending: true })], [], { surplus: ['contacts/1'] }],
  ['gone, no longer due', [own('deals/1', { gone: true })], [], { surplus: ['deals/1'] }],
  ['the same id of another type', [own('contacts/1')], ['deals/1'], { missing: ['deals/1'], surplus: ['contacts/1'] }],
])('%s', (_name, ours, due, expected: { missing?: string[]; unfinished?: string[]; surplus?: string[] }) => {
  const { missing, unfinished, surplus } = decideAssociations(ours, due.map(ref));
  expect({ missing: keys(missing), unfinished: keys(unfinished), surplus: keys(surplus) }).toEqual({
    missing: [],
    unfinished: [],
    surplus: [],
    ...expected,
  });
});

test.each([
  ['HubSpot has none', [], [], ['contacts/1', 'deals/2']],
  ['a person made one', ['contacts/1'], [], ['deals/2']],
  ['a merge moved ours to it', ['contacts/1'], ['contacts/1'], ['contacts/1', 'deals/2']],
  ['a merge moved ours to a record that is not due', ['contacts/1'], ['contacts/9'], ['deals/2']],
])('claims missing associations: %s', (_name, existing, moved, claimed) => {
  const missing = ['contacts/1', 'deals/2'].map(ref);
  expect(keys(decideClaims(missing, existing.map(ref), moved.map(ref)))).toEqual(claimed);
});

const refusal = (kind: EngagementKind, key: string, message = 'limit') => ({ kind, record: ref(key), message });

test.each([
  ['nothing', [], 2, []],
  ['both activities', [refusal('summary', 'deals/1'), refusal('notes', 'deals/1')], 2, ['deals/1']],
  ['one of two activities', [refusal('notes', 'deals/1')], 2, []],
  ['the only activity', [refusal('summary', 'deals/1')], 1, ['deals/1']],
  ['each activity of another record', [refusal('summary', 'deals/1'), refusal('notes', 'deals/2')], 2, []],
])('a record that refuses %s', (_name, refused, activities, expected) => {
  expect(refusedByRecord(refused, activities).map(({ record }) => recordKey(record))).toEqual(expected);
});

test('refusals are sorted by record, the summary’s first', () => {
  const refused = [refusal('notes', 'deals/1'), refusal('notes', 'contacts/2'), refusal('summary', 'deals/1')];
  expect(inOrder(refused).map(({ kind, record }) => `${recordKey(record)} ${kind}`)).toEqual([
    'contacts/2 notes',
    'deals/1 summary',
    'deals/1 notes',
  ]);
});
