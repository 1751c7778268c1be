import { z } from 'zod';
import { crmRecord, inputUnanswered, type CrmRecord } from './batch-answers';
import type { Portal } from './portal';
import { HUBSPOT_API_VERSION } from './transport';

/** HubSpot allows 5 groups of 6 filters, 18 in all; groups are joined by OR, filters of a group by AND. */
export type FilterGroup = readonly (
  | { readonly propertyName: string; readonly operator: 'IN'; readonly values: readonly string[] }
  | { readonly propertyName: string; readonly operator: 'EQ' | 'CONTAINS_TOKEN'; readonly value: string }
)[];

const PAGE_SIZE = 200;
/** HubSpot answers 400 beyond this many results of one search. */
const MAX_RESULTS = 10_000;

const page = z.object({
  /** Stands in every answer of a search: one without it is none, and says nothing about who is not there. */
  total: z.number().optional(),
  results: z.array(crmRecord).default([]),
  paging: z.object({ next: z.object({ after: z.string() }).optional() }).optional(),
});

/**
 * All hits of a search. The caller has taken a slot of the `search` budget for the first page. The index lags behind
 * writes by seconds: never used to learn whether our own create succeeded.
 */
export async function searchAll(
  portal: Portal,
  objectType: string,
  properties: readonly string[],
  filterGroups: readonly FilterGroup[],
): Promise<CrmRecord[]> {
  const hits: CrmRecord[] = [];
  // The OpenAPI definition requires every one of these fields, though the guide's examples leave some out.
  let after = '0';
  for (;;) {
    const json = {
      filterGroups: filterGroups.map((filters) => ({ filters })),
      properties,
      limit: PAGE_SIZE,
      after,
      sorts: [],
    };
    // oxlint-disable-next-line no-await-in-loop -- each page names the next one
    const { body } = await portal.send(
      { method: 'POST', path: `/crm/objects/${HUBSPOT_API_VERSION}/${objectType}/search`, json },
      'search',
    );
    const { total, results, paging } = page.parse(body);
    if (total === undefined) throw inputUnanswered(`POST /crm/objects/${HUBSPOT_API_VERSION}/${objectType}/search`);
    hits.push(...results);
    // A page can be short or empty and still name a next one.
    const next = paging?.next?.after;
    if (next === undefined || Number(next) >= MAX_RESULTS) return hits;
    after = next;
    // oxlint-disable-next-line no-await-in-loop -- as above
    await portal.slot('search');
  }
}
