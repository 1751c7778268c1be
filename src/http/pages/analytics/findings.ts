import type { ReportRow } from '../../../analytics/report';
import type { ReportDocument } from '../../../analytics/run';
import { counted } from '../layout/status-words';
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
  'score-over-time': ({ totals, rows, columns }) => {
    const drawn = rows.filter((row) => row['score'] !== null);
    const last = drawn.at(-1);
    if (totals === undefined || last === undefined) return null;
    const average = `The average is ${score(totals)} over ${counted(numberIn(totals, 'scored'), 'meeting', 'meetings')}.`;
    const period = columns[0]?.label.startsWith('Month') === true ? 'month' : 'week';
    return drawn.length === 1 ? average : `${average} In the latest ${period} with a score, it was ${score(last)}.`;
  },
  'score-by-owner': highest('owner', 'host', 'hosts'),
  'score-by-outcome': ({ rows }) => {
    const parts = rows
      .filter(({ key, few }) => !few && (key === 'won' || key === 'lost'))
      .map((row) => `${row.key} deals average ${score(row)}`);
    return parts.length === 0 ? TOO_FEW : sentence(`Meetings of ${parts.join(', those of ')}`);
  },
  'score-by-pipeline': highest('pipeline', 'pipeline', 'pipelines'),
  'score-by-stage': highest('stage', 'stage', 'stages'),
  'score-by-industry': highest('industry', 'industry', 'industries'),
  'score-by-lifecycle-stage': highest('lifecycleStage', 'lifecycle stage', 'lifecycle stages'),
  'score-by-job-title': highest('jobTitle', 'job title', 'job titles'),
  'deals-by-outcome': ({ rows }) => {
    const parts = rows
      .filter(({ key, few }) => !few && (key === 'won' || key === 'lost' || key === 'open'))
      .map((row) => `${row.key} deals had ${decimal(row, 'meetingsPerDeal')}`);
    return parts.length === 0 ? TOO_FEW : sentence(`Per deal, ${parts.join(', ')} meetings on average`);
  },
  'deals-by-meetings': wonMostOften('meeting', 'meetings'),
  'deals-by-people': wonMostOften('external participant', 'external participants'),
  deals: ({ rows: [first], totals }) =>
    first === undefined || totals === undefined
      ? null
      : `${counted(numberIn(totals, 'deals'), 'deal has', 'deals have')} a meeting. ${text(first, 'deal')} has the most, ${numberIn(first, 'meetings').toLocaleString('en')}.`,
  topics: mostFrequent,
  'smart-categories': mostFrequent,
  'next-steps': ({ totals }) =>
    totals === undefined || numberIn(totals, 'steps') === 0
      ? null
      : `${counted(numberIn(totals, 'overdue'), 'next step is', 'next steps are')} overdue, ${numberIn(totals, 'undated').toLocaleString('en')} without a date.`,
  'silent-deals': ({ totals, filters: { days = 0 } }) => {
    if (totals === undefined || numberIn(totals, 'deals') === 0) return null;
    const never = numberIn(totals, 'neverMet');
    const amount = totals['amount'];
    return [
      `${counted(numberIn(totals, 'deals'), 'open deal', 'open deals')} with no meeting for ${counted(days, 'day', 'days')}.`,
      ...(never === 0 ? [] : [`${never.toLocaleString('en')} of them never had one.`]),
      ...(typeof amount === 'string' ? [`Together: ${amount}.`] : []),
    ].join(' ');
  },
  'silent-companies': ({ totals, filters: { days = 0 } }) =>
    totals === undefined || numberIn(totals, 'companies') === 0
      ? null
      : `${counted(numberIn(totals, 'companies'), 'company', 'companies')} with no meeting for ${counted(days, 'day', 'days')}.`,
  coverage: ({ rows, totals }) => {
    const share = (key: string) => {
      const row = rows.find((one) => one.key === key);
      return row === undefined ? '–' : cellText({ type: 'percent' }, row['share'] ?? null, row);
    };
    if (totals === undefined || numberIn(totals, 'meetings') === 0) return null;
    return `${share('deals')} of all meetings are on the timeline of a deal, ${share('(nothing)')} on none.`;
  },
  'unmatched-people': ({ rows: [first], totals }) =>
    first === undefined || totals === undefined
      ? null
      : `${counted(numberIn(totals, 'people'), 'person is', 'people are')} not in HubSpot. ${text(first, 'name') || text(first, 'email')} took part in ${counted(numberIn(first, 'meetings'), 'meeting', 'meetings')}.`,
};

const TOO_FEW = 'There are too few cases to compare yet.';

/** The group with the highest average score. */
function highest(label: string, one: string, many: string): Finding {
  return ({ rows }) => {
    const compared = rows.filter((row) => !row.few && typeof row['score'] === 'number' && !row.key.startsWith('('));
    const best = compared.toSorted((a, b) => numberIn(b, 'score') - numberIn(a, 'score'))[0];
    if (best === undefined) return rows.length === 0 ? null : TOO_FEW;
    const among = compared.length === 1 ? '' : `, the highest of ${counted(compared.length, one, many)}`;
    return `${text(best, label)}: ${score(best)} on average${among}.`;
  };
}

function wonMostOften(one: string, many: string): Finding {
  return ({ rows }) => {
    const compared = rows.filter((row) => !row.few && typeof row['winRate'] === 'number');
    const best = compared.toSorted((a, b) => numberIn(b, 'winRate') - numberIn(a, 'winRate'))[0];
    if (best === undefined) return rows.length === 0 ? null : TOO_FEW;
    const rate = cellText({ type: 'percent' }, best['winRate'] ?? null, best);
    const closed = counted(numberIn(best, 'won') + numberIn(best, 'lost'), 'closed deal', 'closed deals');
    const step = text(best, 'step');
    const what = best.key === '0' ? `no ${many}` : `${step} ${step === '1' ? one : many}`;
    return `Deals with ${what} were won most often: ${rate} of ${closed}.`;
  };
}

function mostFrequent({ rows: [first], totals }: ReportDocument): string | null {
  if (first === undefined || totals === undefined) return null;
  return `${text(first, 'topic')} came up most: in ${numberIn(first, 'meetings').toLocaleString('en')} of ${counted(numberIn(totals, 'meetings'), 'meeting', 'meetings')}.`;
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

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}
