import type { ReportDocument } from '../../../analytics/run';
import { listText, message, t } from '../../../languages/text';
import { chosenFilters, type AnalyticsTexts } from './analytics-filters';

/** What is missing for a report, and where to go from there. */
export interface EmptyState {
  readonly sentence: string;
  /** A path below PUBLIC_URL. */
  readonly link: { readonly words: string; readonly path: string } | null;
}

const SCORES = message('No meeting has an AI score yet.');
const LINKED_DEALS = message('No meeting is linked to a deal yet.');

/** What a report without rows lacks, where no filter and no connection explains it, in English. */
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
  'deals-by-meetings': message('No deal with a meeting is won or lost yet.'),
  'deals-by-people': message('No deal with a meeting is won or lost yet.'),
  deals: LINKED_DEALS,
  topics: message('No meeting has topics yet.'),
  'smart-categories': message('No meeting has notes or clips in a Smart Category yet.'),
  'next-steps': message('No next step is overdue or without a date.'),
  'next-steps-kept': message('No next step has a task in HubSpot yet.'),
  'unmatched-people': message('Every external participant is in HubSpot.'),
  coverage: message('No meetings yet.'),
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
    const sentence = t('Nothing matches {count, plural, one {this filter} other {these filters}}: {names}.', {
      count: chosen.length,
      names: listText(chosen),
    });
    return { sentence, link: { words: t('Clear all filters'), path: clearPath } };
  }
  if (!connected && FROM_HUBSPOT.has(report))
    return {
      sentence: t('HubSpot is not connected, so there are no records to report on.'),
      link: { words: t('Connect HubSpot'), path: '/settings/integrations' },
    };
  const days = filters.days ?? 0;
  if (report === 'silent-deals')
    return { sentence: t('Every open deal had a meeting in the last {days, number} days.', { days }), link: null };
  if (report === 'silent-companies')
    return {
      sentence: t('Every company that had a meeting had one in the last {days, number} days.', { days }),
      link: null,
    };
  if (report === 'next-steps' && filters.due === 'overdue')
    return { sentence: t('No next step is overdue.'), link: null };
  if (report === 'next-steps' && filters.due === 'none')
    return { sentence: t('Every next step has a due date.'), link: null };
  return { sentence: t(MISSING[report] ?? message('No data yet.')), link: null };
}
