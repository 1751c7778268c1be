import { expect, test } from '@jest/globals';
import type { ReportRow } from '../../../src/analytics/report';
import type { ReportDocument } from '../../../src/analytics/run';
import { emptyState } from '../../../src/http/pages/analytics/empty-states';
import { inLanguage } from '../../../src/languages/language';
import { findingOf } from '../../../src/http/pages/analytics/findings';

const document = (
  report: string,
  rows: readonly Record<string, string | number | boolean | null>[],
  totals: Record<string, string | number | null> = {},
): ReportDocument => ({
  report,
  title: '',
  description: '',
  filters: { days: 30 },
  chart: null,
  timeZone: 'UTC',
  columns: [{ key: 'period', label: 'Week from', type: 'date' }],
  rows: rows.map((row): ReportRow => ({ key: '', few: false, ...row })),
  totals: { key: '', few: false, ...totals },
  notes: [],
});

test.each<[ReportDocument, string | null]>([
  [document('score-over-time', [{ score: 60 }], { score: 60, scored: 1 }), 'The average is 60 / 100 over 1 meeting.'],
  [
    document('score-over-time', [{ score: 60 }, { score: 80 }, { score: null }], { score: 70.4, scored: 2 }),
    'The average is 70 / 100 over 2 meetings. In the latest week with a score, it was 80 / 100.',
  ],
  [
    document('score-by-owner', [
      { owner: 'Ana', score: 90, few: true },
      { owner: 'Bo', score: 70 },
      { owner: 'Cy', score: 50 },
    ]),
    'Bo: 70 / 100 on average, the highest of 2 hosts.',
  ],
  [document('score-by-owner', [{ owner: 'Ana', score: 90, few: true }]), 'There are too few cases to compare yet.'],
  [
    document('score-by-outcome', [
      { key: 'won', score: 70 },
      { key: 'lost', score: 55 },
    ]),
    'Meetings of won deals average 70 / 100, those of lost deals average 55 / 100.',
  ],
  [
    document('deals-by-outcome', [
      { key: 'won', meetingsPerDeal: 3.4 },
      { key: 'lost', meetingsPerDeal: 1.8, few: true },
    ]),
    'Per deal, won deals had 3.4 meetings on average.',
  ],
  [
    document('deals-by-meetings', [{ key: '4', step: '4 or 5', winRate: 60, won: 6, lost: 4 }]),
    'Deals with 4 or 5 meetings were won most often: 60% of 10 closed deals.',
  ],
  [
    document('silent-deals', [], { deals: 12, neverMet: 5, amount: '€1,200 · $300' }),
    '12 open deals with no meeting for 30 days. 5 of them never had one. Together: €1,200 · $300.',
  ],
  [document('silent-deals', [], { deals: 1, neverMet: 0, amount: null }), '1 open deal with no meeting for 30 days.'],
  [document('next-steps', [], { steps: 3, overdue: 1, undated: 2 }), '1 next step is overdue, 2 without a date.'],
  [document('next-steps', [], { steps: 0 }), null],
  [document('topics', []), null],
])('a report says what it shows: %#', (given, finding) => {
  expect(findingOf(given)).toBe(finding);
});

const CONNECTED = { connected: true, clearPath: '/analytics' };

test.each([
  ['deals', {}, CONNECTED, 'No meeting is linked to a deal yet.', null],
  ['silent-deals', {}, CONNECTED, 'Every open deal had a meeting in the last 30 days.', null],
  // An option, such as the number of days, is no filter.
  ['silent-deals', { days: '30' }, CONNECTED, 'Every open deal had a meeting in the last 30 days.', null],
  [
    'deals',
    {},
    { ...CONNECTED, connected: false },
    'HubSpot is not connected, so there are no records to report on.',
    '/settings/integrations',
  ],
  ['topics', { owner: 'a@b.example' }, CONNECTED, 'Nothing matches this filter: Owner.', '/analytics'],
  [
    'topics',
    { from: '2026-11-01', industry: 'BANKING' },
    CONNECTED,
    'Nothing matches these filters: From and Industry.',
    '/analytics',
  ],
])('an empty report %s with %j says what is missing', (report, texts, options, sentence, path) => {
  expect(emptyState({ report, filters: { days: 30 } }, texts, options)).toMatchObject({
    sentence,
    link: path === null ? null : { path },
  });
});

test('findings in Spanish', () => {
  const of = (...given: Parameters<typeof document>) => inLanguage('es', () => findingOf(document(...given)));
  expect(of('score-over-time', [{ score: 60.4 }], { score: 60.4, scored: 2 })).toBe(
    'La media es de 60 / 100 en 2 reuniones.',
  );
  expect(of('deals-by-meetings', [{ key: '6', step: '6 to 9', winRate: 62.5, won: 5, lost: 3 }])).toBe(
    'Los negocios con entre 6 y 9 reuniones se ganaron más a menudo: 62,5\u00A0% de 8 negocios cerrados.',
  );
});
