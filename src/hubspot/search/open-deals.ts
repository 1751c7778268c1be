import { z } from 'zod';
import { crmRecord, type CrmRecord } from '../client/batch-answers';
import { isRejected } from '../client/errors';
import type { Portal } from '../client/portal';
import { HUBSPOT_API_VERSION } from '../client/transport';
import { mirroredProperties } from '../catalogue/mirrored-properties';
import { searchSorted, type FilterGroup } from './search';

/** Needed to list the account's deals. */
export const DEALS_SCOPE = 'crm.objects.deals.read';

/**
 * Where a list of the open deals continues. `search` reads only open deals, 200 a call; `pages` reads all deals, 100 a
 * call, for accounts whose search cannot be used. `after` is the id of the last deal, or HubSpot's cursor; null at the
 * beginning.
 */
export interface OpenDealsPlace {
  readonly form: 'search' | 'pages';
  readonly after: string | null;
}

type Caller = Pick<Portal, 'slot' | 'send'>;

export interface OpenDealsPage {
  readonly deals: readonly CrmRecord[];
  /** Null after the last page. */
  readonly next: OpenDealsPlace | null;
}

/** HubSpot's limit of a list read. */
const LISTED_AT_ONCE = 100;
/** An empty page may name a next one. More in a row than this come from a search that does not work. */
const MOST_EMPTY_PAGES = 10;

const listed = z.object({
  results: z.array(crmRecord).default([]),
  paging: z.object({ next: z.object({ after: z.string() }).optional() }).optional(),
});

/**
 * Reads one page of the account's open deals. Takes a slot for each call.
 *
 * A search returns 10,000 results at most, so each page is a search of its own for higher ids. HubSpot documents neither
 * that calculated properties can be filtered nor that ids sort as numbers. If it refuses the search, or answers out of
 * order, the list begins again with plain list reads, which cost more calls.
 *
 * @throws `HubSpotError`; `BudgetExhaustedError` if no slot is free soon
 */
export async function openDealsPage(portal: Caller, place: OpenDealsPlace): Promise<OpenDealsPage> {
  if (place.form === 'pages') return await listPage(portal, place.after);
  try {
    const page = await searchPage(portal, place.after ?? '0');
    if (page !== null) return page;
  } catch (error) {
    if (!isRejected(error, 'invalid')) throw error;
  }
  return { deals: [], next: { form: 'pages', after: null } };
}

/** @returns null if HubSpot answers out of order */
async function searchPage(portal: Caller, afterId: string): Promise<OpenDealsPage | null> {
  let offset = '0';
  for (let empty = 0; empty < MOST_EMPTY_PAGES; empty++) {
    // oxlint-disable-next-line no-await-in-loop -- an empty page names the next one
    await portal.slot('search');
    // oxlint-disable-next-line no-await-in-loop -- as above
    const { results, next } = await searchSorted(portal, 'deals', mirroredProperties('deals'), {
      groups: stillOpen(afterId),
      sortBy: 'hs_object_id',
      offset,
    });
    const last = results.at(-1);
    if (last === undefined && next !== null) {
      offset = next;
      continue;
    }
    if (!isAscending(afterId, results)) return null;
    return {
      deals: results.filter(isOpen),
      next: next === null || last === undefined ? null : { form: 'search', after: last.id },
    };
  }
  return null;
}

/** HubSpot calculates `hs_is_closed` after it creates a deal, so a new one may not have it yet. */
function stillOpen(afterId: string): FilterGroup[] {
  const isLater = { propertyName: 'hs_object_id', operator: 'GT', value: afterId } as const;
  return [
    [{ propertyName: 'hs_is_closed', operator: 'EQ', value: 'false' }, isLater],
    [{ propertyName: 'hs_is_closed', operator: 'NOT_HAS_PROPERTY' }, isLater],
  ];
}

async function listPage(portal: Caller, after: string | null): Promise<OpenDealsPage> {
  await portal.slot('requests');
  const query = {
    limit: LISTED_AT_ONCE,
    archived: false,
    properties: mirroredProperties('deals').join(','),
    ...(after === null ? {} : { after }),
  };
  const request = { method: 'GET', path: `/crm/objects/${HUBSPOT_API_VERSION}/deals`, query } as const;
  const { body } = await portal.send(request, 'requests');
  const { results, paging } = listed.parse(body);
  const next = paging?.next?.after;
  return {
    deals: results.filter(isOpen),
    next: next === undefined ? null : { form: 'pages', after: next },
  };
}

/** The index lags behind the values that it shows, and may still have archived records. */
function isOpen({ archived, properties }: CrmRecord): boolean {
  return !archived && properties['hs_is_closed']?.toLowerCase() !== 'true';
}

/** Whether the ids increase as numbers, beginning above `afterId`. */
function isAscending(afterId: string, records: readonly CrmRecord[]): boolean {
  const ids = [afterId, ...records.map(({ id }) => id)].map(BigInt);
  return ids.every((id, index) => index === 0 || id > (ids[index - 1] ?? id));
}
