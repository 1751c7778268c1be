import { coverage } from './coverage';
import { deals } from './deals';
import { dealsByMeetings, dealsByOutcome, dealsByPeople } from './deals-compared';
import { nextSteps } from './next-steps';
import { nextStepsKept } from './next-steps-kept';
import type { Report } from './report';
import { scoreByIndustry, scoreByJobTitle, scoreByLifecycleStage } from './scores/score-by-context';
import { scoreByOutcome, scoreByPipeline, scoreByStage } from './scores/score-by-deals';
import { scoreByOwner } from './scores/score-by-owner';
import { scoreOverTime } from './scores/score-over-time';
import { silentCompanies, silentDeals } from './silent';
import { smartCategories, topics } from './topics';
import { unmatchedPeople } from './unmatched-people';

/** All reports in the order of the page. */
export const reports: readonly Report[] = [
  scoreOverTime,
  scoreByOwner,
  scoreByOutcome,
  scoreByPipeline,
  scoreByStage,
  scoreByIndustry,
  scoreByLifecycleStage,
  scoreByJobTitle,
  dealsByOutcome,
  dealsByMeetings,
  dealsByPeople,
  deals,
  topics,
  smartCategories,
  nextSteps,
  nextStepsKept,
  silentDeals,
  silentCompanies,
  coverage,
  unmatchedPeople,
];

/** A report by its name, or undefined. */
export function findReport(name: string): Report | undefined {
  return reports.find((report) => report.name === name);
}
