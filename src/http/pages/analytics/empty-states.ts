import type { ReportDocument } from '../../../analytics/run';
import { chosenFilters, type AnalyticsTexts } from './analytics-filters';

/** What is missing for a report, and where to go from there. */
export interface EmptyState {
  readonly sentence: string;
  /** A path below PUBLIC_URL. */
  readonly link: { readonly words: string; readonly path: string } | null;
}

const SCORES = 'No meeting has an AI score yet.';
const LINKED_DEALS = 'No meeting is linked to a deal yet.';

/** What a report without rows lacks, where no filter and no connection explains it. */
const MISSING: Readonly<Record<string, string>> = {
  'score-over-time': SCORES,
  'score-by-owner': SCORES,
  'score-by-outcome': SCORES,
  'score-by-pipeline': SCORES,
  'score-by-stage': SCORES,
  'score-by-industry': SCORES,
  'score-by-lifecycle-stage': SCORES,
  'score-by-job-title': SCORES,
  'deals-by-outcome': LINKED_DEALS,
  'deals-by-meetings': 'No deal with a meeting is won or lost yet.',
  'deals-by-people': 'No deal with a meeting is won or lost yet.',
  deals: LINKED_DEALS,
  topics: 'No meeting has topics yet.',
  'smart-categories': 'No meeting has notes or clips in a Smart Category yet.',
  'next-steps': 'No next step is overdue or without a date.',
  'unmatched-people': 'Every external participant is in HubSpot.',
  coverage: 'No meetings yet.',
};

/** Reports whose rows come from the connected account. */
const FROM_HUBSPOT = new Set([
  'score-by-outcome',
  'score-by-pipeline',
  'score-by-stage',
  'score-by-industry',
  'score-by-lifecycle-stage',
  'score-by-job-title',
  'deals-by-outcome',
  'deals-by-meetings',
  'deals-by-people',
  'deals',
  'silent-deals',
  'silent-companies',
]);

/**
 * Says what is missing for a report without anything to show.
 *
 * @param options - `connected`: whether the workspace has a HubSpot account; `clearPath`: the same page without filters
 */
export function emptyState(
  { report, filters }: Pick<ReportDocument, 'report' | 'filters'>,
  texts: AnalyticsTexts,
  { connected, clearPath }: { readonly connected: boolean; readonly clearPath: string },
): EmptyState {
  const chosen = chosenFilters(texts);
  if (chosen.length > 0) {
    const names = new Intl.ListFormat('en').format(chosen);
    const which = chosen.length === 1 ? 'this filter' : 'these filters';
    return { sentence: `Nothing matches ${which}: ${names}.`, link: { words: 'Clear all filters', path: clearPath } };
  }
  if (!connected && FROM_HUBSPOT.has(report))
    return {
      sentence: 'HubSpot is not connected, so there are no records to report on.',
      link: { words: 'Connect HubSpot', path: '/settings/integrations' },
    };
  const days = filters.days ?? 0;
  if (report === 'silent-deals')
    return { sentence: `Every open deal had a meeting in the last ${days} days.`, link: null };
  if (report === 'silent-companies')
    return { sentence: `Every company that had a meeting had one in the last ${days} days.`, link: null };
  if (report === 'next-steps' && filters.due === 'overdue') return { sentence: 'No next step is overdue.', link: null };
  if (report === 'next-steps' && filters.due === 'none')
    return { sentence: 'Every next step has a due date.', link: null };
  return { sentence: MISSING[report] ?? 'No data yet.', link: null };
}
