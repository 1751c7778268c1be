import { expect, test } from '@jest/globals';
import { groupNames } from '../../../src/analytics/deal-groups';
import { mentionsTable, type Mentions } from '../../../src/analytics/topics';

const words = { label: 'Topic', note: 'How topics count.' };
const outcomes = groupNames([
  ['won', 'Won'],
  ['open', 'Open'],
]);

const mentions = (key: string | null, meetings: number, more: Partial<Mentions> = {}): Mentions => ({
  key,
  label: key,
  meetings,
  scored: meetings,
  score: 50,
  groups: null,
  found: 2,
  ...more,
});

test('the most frequent come first, and equally frequent ones by key', () => {
  const { rows } = mentionsTable(words, outcomes, [mentions('b', 2), mentions('a', 2), mentions('c', 7)]);
  expect(rows.map(({ key }) => key)).toEqual(['c', 'a', 'b']);
});

test('each group with a meeting has a column, in the order of the groups', () => {
  const { columns, rows, totals } = mentionsTable(words, outcomes, [
    mentions('budget', 3, { label: 'Budget', groups: { open: 2, gone: 1 }, score: 66.666 }),
    mentions('legal', 1, { label: 'Legal', groups: { open: 1 } }),
    mentions(null, 9, { label: null, groups: { open: 4, won: 5, gone: 1 } }),
  ]);
  expect(columns.slice(3).map(({ key, label }) => [key, label])).toEqual([
    ['in:won', 'Won'],
    ['in:open', 'Open'],
    ['in:gone', 'gone'],
  ]);
  expect(rows).toEqual([
    { key: 'budget', few: true, topic: 'Budget', meetings: 3, score: 66.67, 'in:won': 0, 'in:open': 2, 'in:gone': 1 },
    { key: 'legal', few: true, topic: 'Legal', meetings: 1, score: 50, 'in:won': 0, 'in:open': 1, 'in:gone': 0 },
  ]);
  expect(totals).toMatchObject({ key: '', few: false, topic: 'All meetings', 'in:won': 5, 'in:open': 4, 'in:gone': 1 });
});

test.each([
  ['few scored meetings', 4, true],
  ['enough scored meetings', 5, false],
])('%s', (_name, scored, few) => {
  expect(mentionsTable(words, outcomes, [mentions('a', 9, { scored })]).rows).toMatchObject([{ few }]);
});

test.each([
  ['every key is listed', 1, []],
  ['some keys are not listed', 1_200, ['The 1 most frequent of 1,200.']],
])('the notes when %s', (_name, found, limited) => {
  const { notes } = mentionsTable(words, outcomes, [mentions('a', 1, { found })]);
  expect(notes.slice(0, -2)).toEqual(['How topics count.', ...limited]);
});

test('without any meeting there are no rows, and the total is zero', () => {
  expect(mentionsTable(words, outcomes, [])).toMatchObject({ rows: [], totals: { meetings: 0, score: null } });
});
