import { deals, dealsBy, dealsByOutcome } from './expected-deals';
import { coverage, nextSteps, nextStepsKept, silent, unmatchedPeople } from './expected-lists';
import type { Expected } from './expected-row';
import { mentions, scoreBy, scoreByContext, scoreByOwner, scoreOverTime } from './expected-scores';
import type { Seen } from './oracle';

/** Computes the expected rows of each report, by report name. */
export const expected: Readonly<Record<string, (seen: Seen) => Expected>> = {
  'score-over-time': scoreOverTime,
  'score-by-owner': scoreByOwner,
  'score-by-outcome': scoreBy('outcome'),
  'score-by-pipeline': scoreBy('pipeline'),
  'score-by-stage': scoreBy('stage'),
  'score-by-industry': scoreByContext('industry'),
  'score-by-lifecycle-stage': scoreByContext('lifecycleStage'),
  'score-by-job-title': scoreByContext('jobTitle'),
  'deals-by-outcome': dealsByOutcome,
  'deals-by-meetings': dealsBy(({ meetings }) => meetings.length, 'peoplePerDeal'),
  'deals-by-people': dealsBy(({ people }) => people, 'meetingsPerDeal'),
  deals,
  topics: mentions('topics'),
  'smart-categories': mentions('categories'),
  'next-steps': nextSteps,
  'next-steps-kept': nextStepsKept,
  'silent-deals': silent('deals'),
  'silent-companies': silent('companies'),
  coverage,
  'unmatched-people': unmatchedPeople,
};
