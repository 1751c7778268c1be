import { expect, test } from '@jest/globals';
import type { Column, ReportRow } from '../../../src/analytics/report';
import type { ReportDocument } from '../../../src/analytics/run';
import { cellText } from '../../../src/http/pages/analytics/cell-text';
import { chartModel, type BarsModel, type LineModel } from '../../../src/http/pages/analytics/chart-models';

const links = {
  textOf: (column: Column, row: ReportRow) => cellText(column, row[column.key] ?? null, row),
  pathOf: ({ key, type }: Column, row: ReportRow) => (type === 'text' ? null : `/${row.key}/${key}`),
};

function draw(
  document: Pick<ReportDocument, 'columns' | 'rows' | 'chart'> & Partial<ReportDocument>,
): BarsModel | LineModel | null {
  const rest = { report: 'r', title: 'R', description: '', filters: {}, timeZone: 'UTC', notes: [] };
  return chartModel({ ...rest, ...document }, document.rows, links);
}

function bars(...given: Parameters<typeof draw>): BarsModel {
  const chart = draw(...given);
  if (chart?.kind !== 'bars') throw new Error('no bars');
  return chart;
}

const score = { key: 'score', label: 'Average AI score', type: 'percent', behind: true } as const;
const scored = { key: 'scored', label: 'With a score', type: 'number', meetings: true } as const;
const outcome = { key: 'outcome', label: 'Outcome', type: 'text' } as const;

test('a score is drawn from 0 to 100 with its text, and few cases are named in words', () => {
  const chart = bars({
    columns: [outcome, scored, score],
    chart: { kind: 'bars', label: 'outcome', values: ['score'] },
    rows: [
      { key: 'won', few: false, outcome: 'Won', scored: 36, score: 70.2 },
      { key: '(none)', few: true, outcome: 'No deal', scored: 3, score: 40 },
      { key: 'lost', few: true, outcome: 'Lost', scored: 0, score: null },
    ],
  });
  expect(chart).toMatchObject({
    rowsTitle: 'Outcome',
    axis: { title: 'Average AI score (0 to 100)', ticks: ['0', '25', '50', '75', '100'] },
    legend: [],
  });
  expect(chart.rows.map(({ few, bars: [bar] }) => [few, bar?.parts[0]])).toMatchObject([
    [null, { tone: 'won', width: 702, text: '70 / 100', words: 'Won: 70 / 100', path: '/won/score' }],
    ['only 3 scored meetings', { tone: 'none', width: 400 }],
    ['no scored meetings', { tone: 'lost', width: 0, text: '–' }],
  ]);
});

test('bars of two columns share an axis of round steps, and each says what it is', () => {
  const chart = bars({
    columns: [
      outcome,
      { key: 'meetingsPerDeal', label: 'Meetings per deal', type: 'number', behind: true },
      { key: 'peoplePerDeal', label: 'People per deal', type: 'number', behind: true },
    ],
    chart: { kind: 'bars', label: 'outcome', values: ['meetingsPerDeal', 'peoplePerDeal'] },
    rows: [{ key: 'open', few: false, outcome: 'Open', meetingsPerDeal: 3.4, peoplePerDeal: 1 }],
  });
  expect(chart.axis).toEqual({ title: 'Meetings per deal, People per deal', ticks: ['0', '1', '2', '3', '4'] });
  expect(chart.rows[0]?.bars.map(({ parts: [part] }) => [part?.tone, part?.text, part?.width])).toEqual([
    ['open', 'Meetings per deal 3.4', 850],
    ['open', 'People per deal 1', 250],
  ]);
});

test('the parts of a stacked bar follow one another, in the colours of their outcomes', () => {
  const chart = bars({
    columns: [
      { key: 'topic', label: 'Topic', type: 'text' },
      { key: 'meetings', label: 'Meetings', type: 'number', meetings: true },
      { key: 'in:won', label: 'Won', type: 'number', meetings: true },
      { key: 'in:lost', label: 'Lost', type: 'number', meetings: true },
      { key: 'in:open', label: 'Open', type: 'number', meetings: true },
    ],
    chart: { kind: 'stacked', label: 'topic', values: null },
    rows: [{ key: 'budget', few: false, topic: 'Budget', meetings: 20, 'in:won': 24, 'in:lost': 0, 'in:open': 12 }],
  });
  expect(chart.axis.title).toBe('Meetings');
  expect(chart.legend).toEqual([
    { tone: 'won', words: 'Won' },
    { tone: 'lost', words: 'Lost' },
    { tone: 'open', words: 'Open' },
  ]);
  expect(chart.rows[0]?.bars[0]?.parts).toMatchObject([
    { tone: 'won', from: 0, width: 600, text: 'Won 24' },
    { tone: 'open', from: 600, width: 300, text: 'Open 12' },
  ]);
});

test('points lie where their dates are, and a missing period breaks the line', () => {
  const row = (key: string, value: number | null) => ({ key, few: false, period: key, scored: 5, score: value });
  const document = {
    columns: [{ key: 'period', label: 'Week from', type: 'date' }, scored, score],
    chart: { kind: 'line', label: 'period', values: ['score'] },
    filters: { interval: 'week' },
  } as const;
  const weeks = [row('2026-11-02', 100), row('2026-11-09', 50), row('2026-11-16', null), row('2026-11-23', 0)];
  expect(draw({ ...document, rows: weeks })).toMatchObject({
    line: 'M0 0 L333.3 200 M1000 400',
    timeTicks: ['2 Nov 2026', '7 Nov 2026', '12 Nov 2026', '17 Nov 2026', '23 Nov 2026'],
    points: [{ from: 0 }, { from: 166.7 }, { x: 1000, path: '/2026-11-23/score' }],
  });
  // A table of very many periods has no rows for empty ones.
  const sparse = [row('2020-01-06', 40), row('2026-11-23', 60)];
  expect(draw({ ...document, rows: sparse })).toMatchObject({ line: 'M0 240 M1000 160' });
  expect(draw({ ...document, rows: [row('2026-11-23', 60)] })).toMatchObject({
    line: 'M500 160',
    timeTicks: ['23 Nov 2026'],
  });
});

test('without any value there is no chart', () => {
  const rows = [{ key: 'won', few: true, outcome: 'Won', scored: 0, score: null }];
  const chart = { kind: 'bars', label: 'outcome', values: ['score'] } as const;
  expect(draw({ columns: [outcome, scored, score], chart, rows })).toBeNull();
  expect(draw({ columns: [outcome, scored, score], chart: null, rows })).toBeNull();
});
