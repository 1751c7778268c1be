import { message } from '../../../languages/text';
import type { Report, ReportOption } from '../../../analytics/report';
import { coverage } from '../../../analytics/coverage';
import { deals } from '../../../analytics/deals';
import { dealsByMeetings, dealsByOutcome, dealsByPeople } from '../../../analytics/deals-compared';
import { nextSteps } from '../../../analytics/next-steps';
import { nextStepsKept } from '../../../analytics/next-steps-kept';
import { scoreByIndustry, scoreByJobTitle, scoreByLifecycleStage } from '../../../analytics/scores/score-by-context';
import { scoreByOutcome, scoreByPipeline, scoreByStage } from '../../../analytics/scores/score-by-deals';
import { scoreByOwner } from '../../../analytics/scores/score-by-owner';
import { scoreOverTime } from '../../../analytics/scores/score-over-time';
import { silentCompanies, silentDeals } from '../../../analytics/silent';
import { smartCategories, topics } from '../../../analytics/topics';
import { unmatchedPeople } from '../../../analytics/unmatched-people';

/** One view of `/analytics`: reports that answer one question together. */
export interface AnalyticsSection {
  readonly name: string;
  /** English, marked with `message`. */
  readonly words: string;
  readonly reports: readonly Report[];
  /** Rows that a report shows here. Its own page shows more. */
  readonly rows: number;
}

/** The page opens with the first section. */
export const SECTIONS: readonly [AnalyticsSection, ...AnalyticsSection[]] = [
  { name: 'overview', words: message('Overview'), reports: [scoreOverTime, dealsByOutcome, coverage], rows: 12 },
  {
    name: 'scores',
    words: message('Scores'),
    reports: [scoreOverTime, scoreByOwner, scoreByOutcome, scoreByPipeline, scoreByStage],
    rows: 25,
  },
  {
    name: 'deals',
    words: message('Deals'),
    reports: [dealsByOutcome, dealsByMeetings, dealsByPeople, deals],
    rows: 15,
  },
  {
    name: 'context',
    words: message('Companies and people'),
    reports: [scoreByIndustry, scoreByLifecycleStage, scoreByJobTitle],
    rows: 15,
  },
  { name: 'topics', words: message('Topics'), reports: [topics, smartCategories], rows: 15 },
  {
    name: 'to-do',
    words: message('To do'),
    reports: [nextSteps, nextStepsKept, silentDeals, silentCompanies],
    rows: 10,
  },
  { name: 'coverage', words: message('Coverage'), reports: [coverage, unmatchedPeople], rows: 15 },
];

/** The section that shows a report, for the link back from its page. */
export function sectionOf(report: Report): AnalyticsSection {
  return SECTIONS.findLast((section) => section.reports.includes(report)) ?? SECTIONS[0];
}

/** Options of reports, with the values that a page offers, in English. The row limit is excluded. */
export const OPTION_CHOICES: Readonly<
  Partial<Record<ReportOption, { readonly words: string; readonly values: readonly (readonly [string, string])[] }>>
> = {
  interval: {
    words: message('By'),
    values: [
      ['week', message('Week')],
      ['month', message('Month')],
    ],
  },
  by: {
    words: message('By'),
    values: [
      ['outcome', message('Outcome')],
      ['stage', message('Stage')],
    ],
  },
  due: {
    words: message('Show'),
    values: [
      ['all', message('Both')],
      ['overdue', message('Overdue')],
      ['none', message('Without a date')],
    ],
  },
  days: {
    words: message('Days without a meeting'),
    values: [
      ['14', '14'],
      ['30', '30'],
      ['60', '60'],
      ['90', '90'],
    ],
  },
};
