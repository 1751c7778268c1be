import { expect, test } from '@jest/globals';
import { queryOf, readFilters } from '../../../src/http/pages/meetings/list-filters';

test.each([
  [{}, {}, []],
  [
    { q: '  demo ', from: '2026-11-02', state: 'on_timeline' },
    { q: 'demo', from: '2026-11-02', state: 'on_timeline' },
    [],
  ],
  [{ status: 'waiting' }, { state: 'in_progress' }, []],
  [{ status: 'skipped', reason: 'no_crm_match' }, { state: 'not_in_hubspot', reason: 'no_crm_match' }, []],
  [{ status: 'skipped', state: 'deleted', sort: 'oldest' }, { state: 'deleted', sort: 'oldest' }, []],
  [{ sort: 'newest', state: 'all' }, {}, []],
  [{ record: 'deals/123' }, { record: 'deals/123' }, []],
  [{ record: 'https://app-eu1.hubspot.com/contacts/7/record/0-3/123' }, { record: 'deals/123' }, []],
  [{ record: 'deal 123', from: 'soon' }, {}, ['From', 'Record']],
  [{ status: 'made-up', reason: 'made-up' }, {}, []],
  [{ q: ['two', 'values'] }, {}, []],
])('the query %j has the filters %j', (query, texts, invalid) => {
  const read = readFilters(query);
  expect(read.texts).toEqual(texts);
  expect(read.invalid.map(({ path }) => path)).toEqual(invalid);
});

test('an address keeps the filters in a fixed order, and the cursor last', () => {
  expect(queryOf({})).toBe('');
  expect(queryOf({ sort: 'oldest', record: 'deals/1', q: 'a b' }, 'c')).toBe(
    '?q=a+b&record=deals%2F1&sort=oldest&cursor=c',
  );
});
