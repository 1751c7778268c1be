import { expect, test } from '@jest/globals';
import { presentChoices, type Choice } from '../../../src/meeting/linking/choices';

const choice = (id: string, made: Choice['choice']): Choice => ({ objectType: 'contacts', id, choice: made });
const ref = (id: string) => ({ objectType: 'contacts', id });
const merged = (into: Record<string, string | null>) => (record: { id: string }) => {
  const now = into[record.id];
  return now === undefined ? record.id : now;
};
const neverPresent = () => false;

test('choices are unchanged without merges and deletions', () => {
  expect(presentChoices([choice('1', 'linked'), choice('2', 'unlinked')], merged({}), neverPresent)).toEqual({
    linked: [ref('1')],
    unlinked: [ref('2')],
    gone: [],
  });
});

test('a merged record counts as the one it was merged into, and the latest of two choices counts', () => {
  const into = merged({ 1: '3', 2: '3' });
  expect(presentChoices([choice('1', 'linked'), choice('2', 'unlinked')], into, neverPresent)).toEqual({
    linked: [],
    unlinked: [ref('3')],
    gone: [],
  });
  expect(presentChoices([choice('2', 'unlinked'), choice('1', 'linked')], into, neverPresent)).toEqual({
    linked: [ref('3')],
    unlinked: [],
    gone: [],
  });
});

test('a deleted record is not linked, and one that was unlinked stays unlinked if it is restored', () => {
  const gone = merged({ 1: null, 2: null });
  expect(presentChoices([choice('1', 'linked'), choice('2', 'unlinked')], gone, neverPresent)).toEqual({
    linked: [],
    unlinked: [ref('2')],
    gone: [ref('1')],
  });
});

test('an unlinked duplicate that was merged does not unlink the participant', () => {
  const belongs = ({ id }: { id: string }) => id === '3';
  expect(presentChoices([choice('2', 'unlinked')], merged({ 2: '3' }), belongs).unlinked).toEqual([]);
  expect(presentChoices([choice('2', 'unlinked')], merged({ 2: '4' }), belongs).unlinked).toEqual([ref('4')]);
  // Unlinked itself, it is unlinked.
  expect(presentChoices([choice('3', 'unlinked')], merged({}), belongs).unlinked).toEqual([ref('3')]);
});
