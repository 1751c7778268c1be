import { expect, test } from '@jest/globals';
import { groupNames } from '../../../src/analytics/deal-groups';
import { comparisonTable, winRate, type Comparison, type Group } from '../../../src/analytics/deals-compared';

const names = groupNames([
  ['1', 'One'],
  ['2', 'Two or more'],
]);
const comparison: Pick<Comparison, 'label' | 'figures' | 'cases' | 'caution'> = {
  label: { key: 'step', label: 'Meetings of the deal', type: 'text' },
  figures: [winRate],
  cases: [({ won, lost }) => won + lost, 'closed deals'],
};

const group = (key: string | null, figures: Partial<Group> = {}): Group => ({
  key,
  deals: 0,
  won: 0,
  lost: 0,
  open: 0,
  meetings: 0,
  meetings_per_deal: null,
  people_per_deal: null,
  days: null,
  median_days: null,
  ...figures,
});

test('rows follow the order of the groups, and the total is apart', () => {
  const found = [group('2', { won: 1 }), group(null, { won: 4, lost: 2 }), group('1', { won: 3, lost: 2 })];
  const { columns, rows, totals } = comparisonTable(comparison, names, found);
  expect(columns.map(({ key }) => key)).toEqual(['step', 'winRate']);
  expect(rows).toEqual([
    { key: '1', few: false, step: 'One', winRate: 60 },
    { key: '2', few: true, step: 'Two or more', winRate: 100 },
  ]);
  expect(totals).toEqual({ key: '', few: false, step: 'All', winRate: 66.67 });
});

test.each([
  ['no closed deal', group('1', { open: 8 }), null],
  ['lost deals only', group('1', { lost: 2 }), 0],
  ['one of three', group('1', { won: 1, lost: 2 }), 33.33],
])('the win rate of %s', (_name, found, rate) => {
  expect(winRate.of(found)).toBe(rate);
});

test.each([
  [undefined, 'Deals without a meeting are not counted.'],
  ['Be careful.', 'Deals without a meeting are not counted. Be careful.'],
])('the first note with the caution %j', (caution, note) => {
  const asked = caution === undefined ? comparison : { ...comparison, caution };
  expect(comparisonTable(asked, names, []).notes[0]).toBe(note);
});

test('without any deal the total is zero', () => {
  expect(comparisonTable(comparison, names, [])).toMatchObject({ rows: [], totals: { winRate: null } });
});
