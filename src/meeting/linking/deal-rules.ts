import type { Settings } from '../settings';

/** The settings that narrow which of the reached deals are linked. */
export type DealRules = Pick<Settings, 'openDealsOnly' | 'dealPipelines' | 'maxDeals'>;
/** The setting that excludes a deal. */
export type DealRule = 'closed_deal' | 'other_pipeline' | 'beyond_max_deals';

/** The current facts in HubSpot that the rules use. Times are in milliseconds; null where HubSpot has none. */
export type DealFacts = {
  readonly id: string;
  readonly pipeline: string | null;
  readonly closed: boolean;
  readonly closedAt: number | null;
  readonly createdAt: number | null;
};

/** Whether any deal can be excluded, so that the deals have to be read. */
export function narrowsDeals({ openDealsOnly, dealPipelines, maxDeals }: DealRules): boolean {
  return openDealsOnly || dealPipelines.length > 0 || maxDeals !== null;
}

/**
 * Returns the reached deals that the settings exclude, each with the rule that excludes it.
 *
 * A deal was open when the meeting began if it is open now, or if its `closedate` is later than that. A closed deal
 * without `closedate` counts as closed at that time.
 *
 * A change in the CRM removes no link, because the meeting did take place while the deal was open and in that pipeline
 * (reps also backdate deals). So the state and pipeline of a deal in `linkedBefore` are not checked again. Only `maxDeals`
 * considers all deals every time, because a person who wants the newest deals wants the deal that resulted from the
 * meeting.
 *
 * @param startedAt - when the meeting began, in milliseconds
 * @param linkedBefore - ids of deals that were linked under the same settings before
 */
export function excludeDeals(
  deals: readonly DealFacts[],
  rules: DealRules,
  { startedAt, linkedBefore }: { readonly startedAt: number; readonly linkedBefore: ReadonlySet<string> },
): Map<string, DealRule> {
  const excluded = new Map<string, DealRule>();
  for (const deal of deals) {
    if (linkedBefore.has(deal.id)) continue;
    if (rules.openDealsOnly && !wasOpen(deal, startedAt)) excluded.set(deal.id, 'closed_deal');
    else if (rules.dealPipelines.length > 0 && !rules.dealPipelines.includes(deal.pipeline ?? ''))
      excluded.set(deal.id, 'other_pipeline');
  }
  const newestFirst = deals.filter((deal) => !excluded.has(deal.id)).toSorted((a, b) => compareAge(b, a));
  for (const deal of newestFirst.slice(rules.maxDeals ?? deals.length)) excluded.set(deal.id, 'beyond_max_deals');
  return excluded;
}

function wasOpen({ closed, closedAt }: DealFacts, startedAt: number): boolean {
  return !closed || (closedAt !== null && closedAt > startedAt);
}

/** Compares by creation, then by id. Ids grow, and have more digits than a number can represent exactly. */
function compareAge(a: DealFacts, b: DealFacts): number {
  return (a.createdAt ?? 0) - (b.createdAt ?? 0) || a.id.length - b.id.length || (a.id < b.id ? -1 : 1);
}
