import type { Settings } from '../settings';

/** The settings that narrow which of the reached deals are linked. */
export type DealRules = Pick<Settings, 'openDealsOnly' | 'dealPipelines' | 'maxDeals'>;
/** Which of them leaves a deal out. */
export type DealRule = 'closed_deal' | 'other_pipeline' | 'beyond_max_deals';

/** What the rules look at, as HubSpot has it now. Times are milliseconds; null where HubSpot does not tell. */
export type DealFacts = {
  readonly id: string;
  readonly pipeline: string | null;
  readonly closed: boolean;
  readonly closedAt: number | null;
  readonly createdAt: number | null;
};

/** Whether any deal can be left out, so that the deals have to be read. */
export function narrowsDeals({ openDealsOnly, dealPipelines, maxDeals }: DealRules): boolean {
  return openDealsOnly || dealPipelines.length > 0 || maxDeals !== null;
}

/**
 * The reached deals that the settings leave out, each with the rule that does it.
 *
 * A deal was open when the meeting began if it is open now, or if its `closedate` is after that. A closed deal without
 * `closedate` does not tell, and counts as closed then.
 *
 * What changes in the CRM takes no link away, since the meeting did take place while the deal was open and in that
 * pipeline (reps date deals back, too): a deal in `judged` is not asked for its state and pipeline again. Only `maxDeals`
 * looks at all deals every time: whoever wants the newest ones wants the deal that came of the meeting.
 *
 * @param startedAt - when the meeting began, in milliseconds
 * @param judged - ids of deals that were linked under the same settings before
 */
export function dealsLeftOut(
  deals: readonly DealFacts[],
  rules: DealRules,
  { startedAt, judged }: { readonly startedAt: number; readonly judged: ReadonlySet<string> },
): Map<string, DealRule> {
  const leftOut = new Map<string, DealRule>();
  for (const deal of deals) {
    if (judged.has(deal.id)) continue;
    if (rules.openDealsOnly && !wasOpen(deal, startedAt)) leftOut.set(deal.id, 'closed_deal');
    else if (rules.dealPipelines.length > 0 && !rules.dealPipelines.includes(deal.pipeline ?? ''))
      leftOut.set(deal.id, 'other_pipeline');
  }
  const newestFirst = deals.filter((deal) => !leftOut.has(deal.id)).toSorted((a, b) => compareAge(b, a));
  for (const deal of newestFirst.slice(rules.maxDeals ?? deals.length)) leftOut.set(deal.id, 'beyond_max_deals');
  return leftOut;
}

function wasOpen({ closed, closedAt }: DealFacts, startedAt: number): boolean {
  return !closed || (closedAt !== null && closedAt > startedAt);
}

/** By creation, then by id: ids grow, and are longer than a number is exact. */
function compareAge(a: DealFacts, b: DealFacts): number {
  return (a.createdAt ?? 0) - (b.createdAt ?? 0) || a.id.length - b.id.length || (a.id < b.id ? -1 : 1);
}
