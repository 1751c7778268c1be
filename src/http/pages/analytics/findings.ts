import { message, t } from '../../../languages/text';
import type { ReportRow } from '../../../analytics/report';
import type { ReportDocument } from '../../../analytics/run';
import { cellText } from './cell-text';

/**
 * What a report says, in a sentence or two. Groups with few cases are not compared.
 *
 * @returns null when there is nothing to say
 */
export function findingOf(document: ReportDocument): string | null {
  return FINDINGS[document.report]?.(document) ?? null;
}

type Finding = (document: ReportDocument) => string | null;

const FINDINGS: Readonly<Record<string, Finding>> = {
  'score-over-time': ({ totals, rows, filters }) => {
    const drawn = rows.filter((row) => row['score'] !== null);
    const last = drawn.at(-1);
    if (totals === undefined || last === undefined) return null;
    const average = t('The average is {score} over {count, plural, one {# meeting} other {# meetings}}.', {
      score: score(totals),
      count: numberIn(totals, 'scored'),
    });
    if (drawn.length === 1) return average;
    const latest = t('In the latest {interval, select, month {month} other {week}} with a score, it was {score}.', {
      interval: filters.interval ?? 'week',
      score: score(last),
    });
    return `${average} ${latest}`;
  },
  'score-by-owner': highest('owner', message('{name}: {score} on average, the highest of {count, number} hosts.')),
  'score-by-outcome': ({ rows }) => {
    const [won, lost] = ['won', 'lost'].map((outcome) => rows.find(({ key, few }) => !few && key === outcome));
    if (won !== undefined && lost !== undefined)
      return t('Meetings of won deals average {won}, those of lost deals average {lost}.', {
        won: score(won),
        lost: score(lost),
      });
    if (won !== undefined) return t('Meetings of won deals average {score}.', { score: score(won) });
    return lost === undefined ? t(TOO_FEW) : t('Meetings of lost deals average {score}.', { score: score(lost) });
  },
  'score-by-pipeline': highest(
    'pipeline',
    message('{name}: {score} on average, the highest of {count, number} pipelines.'),
  ),
  'score-by-stage': highest('stage', message('{name}: {score} on average, the highest of {count, number} stages.')),
  'score-by-industry': highest(
    'industry',
    message('{name}: {score} on average, the highest of {count, number} industries.'),
  ),
  'score-by-lifecycle-stage': highest(
    'lifecycleStage',
    message('{name}: {score} on average, the highest of {count, number} lifecycle stages.'),
  ),
  'score-by-job-title': highest(
    'jobTitle',
    message('{name}: {score} on average, the highest of {count, number} job titles.'),
  ),
  'deals-by-outcome': ({ rows }) => {
    const parts = rows
      .filter(({ key, few }) => !few && (key === 'won' || key === 'lost' || key === 'open'))
      .map((row) =>
        t('{outcome, select, won {won deals} lost {lost deals} other {open deals}} had {figure}', {
          outcome: row.key,
          figure: decimal(row, 'meetingsPerDeal'),
        }),
      );
    return parts.length === 0 ? t(TOO_FEW) : t('Per deal, {groups} meetings on average.', { groups: parts.join(', ') });
  },
  'deals-by-meetings': wonMostOften(
    message(
      'Deals with {step, select, 1 {1 meeting} other {{range} meetings}} were won most often: {rate} of {closed, plural, one {# closed deal} other {# closed deals}}.',
    ),
  ),
  'deals-by-people': wonMostOften(
    message(
      'Deals with {step, select, 0 {no external participants} 1 {1 external participant} other {{range} external participants}} were won most often: {rate} of {closed, plural, one {# closed deal} other {# closed deals}}.',
    ),
  ),
  deals: ({ rows: [first], totals }) =>
    first === undefined || totals === undefined
      ? null
      : t(
          '{count, plural, one {# deal has} other {# deals have}} a meeting. {deal} has the most, {meetings, number}.',
          { count: numberIn(totals, 'deals'), deal: text(first, 'deal'), meetings: numberIn(first, 'meetings') },
        ),
  topics: mostFrequent,
  'smart-categories': mostFrequent,
  'next-steps': ({ totals }) =>
    totals === undefined || numberIn(totals, 'steps') === 0
      ? null
      : t(
          '{overdue, plural, one {# next step is} other {# next steps are}} overdue, {undated, number} without a date.',
          { overdue: numberIn(totals, 'overdue'), undated: numberIn(totals, 'undated') },
        ),
  'next-steps-kept': ({ totals }) => {
    if (totals === undefined) return null;
    const completed = numberIn(totals, 'completed');
    const due = completed + numberIn(totals, 'overdue');
    return due === 0
      ? null
      : t('{completed, number} of {due, plural, one {# due task is} other {# due tasks are}} completed.', {
          completed,
          due,
        });
  },
  'silent-deals': ({ totals, filters: { days = 0 } }) => {
    if (totals === undefined || numberIn(totals, 'deals') === 0) return null;
    const never = numberIn(totals, 'neverMet');
    const amount = totals['amount'];
    return [
      t(
        '{count, plural, one {# open deal} other {# open deals}} with no meeting for {days, plural, one {# day} other {# days}}.',
        { count: numberIn(totals, 'deals'), days },
      ),
      ...(never === 0 ? [] : [t('{count, number} of them never had one.', { count: never })]),
      ...(typeof amount === 'string' ? [t('Together: {amount}.', { amount })] : []),
    ].join(' ');
  },
  'silent-companies': ({ totals, filters: { days = 0 } }) =>
    totals === undefined || numberIn(totals, 'companies') === 0
      ? null
      : t(
          '{count, plural, one {# company} other {# companies}} with no meeting for {days, plural, one {# day} other {# days}}.',
          { count: numberIn(totals, 'companies'), days },
        ),
  coverage: ({ rows, totals }) => {
    const share = (key: string) => {
      const row = rows.find((one) => one.key === key);
      return row === undefined ? '–' : cellText({ type: 'percent' }, row['share'] ?? null, row);
    };
    if (totals === undefined || numberIn(totals, 'meetings') === 0) return null;
    return t('{deals} of all meetings are on the timeline of a deal, {nothing} on none.', {
      deals: share('deals'),
      nothing: share('(nothing)'),
    });
  },
  'unmatched-people': ({ rows: [first], totals }) =>
    first === undefined || totals === undefined
      ? null
      : t(
          '{count, plural, one {# person is} other {# people are}} not in HubSpot. {person} took part in {meetings, plural, one {# meeting} other {# meetings}}.',
          {
            count: numberIn(totals, 'people'),
            person: text(first, 'name') || text(first, 'email'),
            meetings: numberIn(first, 'meetings'),
          },
        ),
};

const TOO_FEW = message('There are too few cases to compare yet.');

/** The group with the highest average score. @param among - the sentence about one of several groups */
function highest(label: string, among: string): Finding {
  return ({ rows }) => {
    const compared = rows.filter((row) => !row.few && typeof row['score'] === 'number' && !row.key.startsWith('('));
    const best = compared.toSorted((a, b) => numberIn(b, 'score') - numberIn(a, 'score'))[0];
    if (best === undefined) return rows.length === 0 ? null : t(TOO_FEW);
    const values = { name: text(best, label), score: score(best) };
    return compared.length === 1
      ? t('{name}: {score} on average.', values)
      : t(among, { ...values, count: compared.length });
  };
}

function wonMostOften(finding: string): Finding {
  return ({ rows }) => {
    const compared = rows.filter((row) => !row.few && typeof row['winRate'] === 'number');
    const best = compared.toSorted((a, b) => numberIn(b, 'winRate') - numberIn(a, 'winRate'))[0];
    if (best === undefined) return rows.length === 0 ? null : t(TOO_FEW);
    return t(finding, {
      step: best.key,
      range: text(best, 'step'),
      rate: cellText({ type: 'percent' }, best['winRate'] ?? null, best),
      closed: numberIn(best, 'won') + numberIn(best, 'lost'),
    });
  };
}

function mostFrequent({ rows: [first], totals }: ReportDocument): string | null {
  if (first === undefined || totals === undefined) return null;
  return t('{topic} came up most: in {count, number} of {total, plural, one {# meeting} other {# meetings}}.', {
    topic: text(first, 'topic'),
    count: numberIn(first, 'meetings'),
    total: numberIn(totals, 'meetings'),
  });
}

function score(row: ReportRow): string {
  return cellText({ type: 'percent', key: 'score' }, row['score'] ?? null, row);
}

function decimal(row: ReportRow, key: string): string {
  return cellText({ type: 'number' }, row[key] ?? null, row);
}

function numberIn(row: ReportRow, key: string): number {
  const cell = row[key];
  return typeof cell === 'number' ? cell : 0;
}

function text(row: ReportRow, key: string): string {
  const cell = row[key];
  return typeof cell === 'string' ? cell : '';
}
