import { z } from 'zod';
import { crmRecord, inputUnanswered, type CrmRecord } from '../client/batch-answers';
import type { Portal } from '../client/portal';
import { HUBSPOT_API_VERSION } from '../client/transport';

/** Groups are joined by OR, filters of a group by AND. */
export type FilterGroup = readonly (
  | { readonly propertyName: string; readonly operator: 'IN'; readonly values: readonly string[] }
  | { readonly propertyName: string; readonly operator: 'EQ' | 'GT' | 'CONTAINS_TOKEN'; readonly value: string }
  | { readonly propertyName: string; readonly operator: 'HAS_PROPERTY' | 'NOT_HAS_PROPERTY' }
)[];

const MOST_GROUPS = 5;
const MOST_FILTERS_IN_GROUP = 6;
const MOST_FILTERS = 18;
/** HubSpot accepts a hundred values of `IN`. */
const MOST_VALUES = 100;
/** In UTF-8. HubSpot counts characters, of which there are never more than bytes. */
const MOST_BYTES = 3_000;

const PAGE_SIZE = 200;
/** HubSpot answers 400 beyond this many results of one search. */
const MAX_RESULTS = 10_000;

const page = z.object({
  /**
   * Present in every search response. Without it the body is not a search response and must not be read as "no
   * matches".
   */
  total: z.number().optional(),
  results: z.array(crmRecord).default([]),
  paging: z.object({ next: z.object({ after: z.string() }).optional() }).optional(),
});

/**
 * Whether HubSpot accepts these filters in one search: 5 groups of 6 filters, 18 in all, in a body of 3,000 characters.
 */
export function fitsSearch(properties: readonly string[], filterGroups: readonly FilterGroup[]): boolean {
  const filters = filterGroups.flat();
  return (
    filterGroups.length <= MOST_GROUPS &&
    filterGroups.every((group) => group.length <= MOST_FILTERS_IN_GROUP) &&
    filters.length <= MOST_FILTERS &&
    filters.every((filter) => filter.operator !== 'IN' || filter.values.length <= MOST_VALUES) &&
    Buffer.byteLength(JSON.stringify(bodyOf(properties, filterGroups, String(MAX_RESULTS)))) <= MOST_BYTES
  );
}

// The OpenAPI definition requires every one of these fields, though the guide's examples omit some.
function bodyOf(properties: readonly string[], filterGroups: readonly FilterGroup[], after: string) {
  return { filterGroups: filterGroups.map((filters) => ({ filters })), properties, limit: PAGE_SIZE, after, sorts: [] };
}

/**
 * Reads all hits of a search. The caller has taken a slot of the `search` budget for the first page. The index lags
 * behind writes by seconds, so never use it to learn whether our own create succeeded.
 */
export async function searchAll(
  portal: Portal,
  objectType: string,
  properties: readonly string[],
  filterGroups: readonly FilterGroup[],
): Promise<CrmRecord[]> {
  const hits: CrmRecord[] = [];
  let after = '0';
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- each page names the next one
    const { results, paging } = await searchFrom(portal, objectType, properties, filterGroups, after);
    hits.push(...results);
    // A page can be short or empty and still name a next one.
    const next = paging?.next?.after;
    if (next === undefined || Number(next) >= MAX_RESULTS) return hits;
    after = next;
    // oxlint-disable-next-line no-await-in-loop -- as above
    await portal.slot('search');
  }
}

/** Reads the first page of the hits. The caller has taken a slot of the `search` budget for it. */
export async function searchFirst(
  portal: Portal,
  objectType: string,
  properties: readonly string[],
  filterGroups: readonly FilterGroup[],
): Promise<CrmRecord[]> {
  return (await searchFrom(portal, objectType, properties, filterGroups, '0')).results;
}

/**
 * Reads one page of the hits in ascending order of a property. The caller has taken a slot of the `search` budget.
 *
 * @returns `results`: including archived records, which the index may still have; `next`: the offset of the next page, or
 *   null on the last one
 */
export async function searchSorted(
  portal: Pick<Portal, 'send'>,
  objectType: string,
  properties: readonly string[],
  {
    groups,
    sortBy,
    offset,
  }: { readonly groups: readonly FilterGroup[]; readonly sortBy: string; readonly offset: string },
): Promise<{ readonly results: readonly CrmRecord[]; readonly next: string | null }> {
  const sorts = [{ propertyName: sortBy, direction: 'ASCENDING' }];
  const { results, paging } = await searchFrom(portal, objectType, properties, groups, offset, sorts);
  return { results, next: paging?.next?.after ?? null };
}

async function searchFrom(
  portal: Pick<Portal, 'send'>,
  objectType: string,
  properties: readonly string[],
  filterGroups: readonly FilterGroup[],
  after: string,
  sorts: readonly { readonly propertyName: string; readonly direction: string }[] = [],
) {
  const path = `/crm/objects/${HUBSPOT_API_VERSION}/${objectType}/search`;
  const json = { ...bodyOf(properties, filterGroups, after), sorts };
  const { body } = await portal.send({ method: 'POST', path, json }, 'search');
  const answer = page.parse(body);
  if (answer.total === undefined) throw inputUnanswered(`POST ${path}`);
  return answer;
}

/** Text that a person typed, to search in the properties that HubSpot searches by default (names, e-mail, domain …). */
export interface SearchedText {
  readonly objectType: string;
  readonly text: string;
  readonly properties: readonly string[];
  readonly limit: number;
  /** The value from the previous page. */
  readonly after: string | null;
}

export interface SearchedPage {
  readonly records: readonly CrmRecord[];
  /** The value for the next page. Null on the last one, and where HubSpot's 10,000 results end. */
  readonly after: string | null;
}

/**
 * Reads one page of a search by words (parameter `query` of the search API; for custom objects it searches their
 * searchable properties). Takes a slot of the `search` budget itself.
 *
 * @throws `HubSpotError`; `BudgetExhaustedError` if no slot is free soon
 */
export async function searchPage(
  portal: Portal,
  { objectType, text, properties, limit, after }: SearchedText,
): Promise<SearchedPage> {
  await portal.slot('search');
  const path = `/crm/objects/${HUBSPOT_API_VERSION}/${objectType}/search`;
  const json = { query: text, filterGroups: [], properties, limit, after: after ?? '0', sorts: [] };
  const { body } = await portal.send({ method: 'POST', path, json }, 'search');
  const { total, results, paging } = page.parse(body);
  if (total === undefined) throw inputUnanswered(`POST ${path}`);
  const next = paging?.next?.after;
  return {
    // The index may still contain an archived record.
    records: results.filter((record) => !record.archived),
    after: next === undefined || Number(next) + limit > MAX_RESULTS ? null : next,
  };
}
