import { validationError } from '../errors';
import type { SandboxSettings } from '../settings';
import type { SandboxCrm } from './crm';
import type { SandboxPortal } from './catalogue';
import type { SandboxObjectType } from './object-types';
import type { PropertyDefinition } from './property-definitions';
import type { StoredRecord, Values } from './records';
import { compareValues, matchesFilter, matchesQuery } from './search-matching';
import type { Hit } from './search-matching';
import { checkSearch } from './search-request';
import type { SearchRequest } from './search-request';

const LAST_RESULT = 10_000;

export interface SearchResult {
  total: number;
  records: StoredRecord[];
  after: string | null;
}

/**
 * Searches as HubSpot's index does. The index lags behind writes, so it matches the values that the index still has.
 */
export function search(
  crm: SandboxCrm,
  portal: SandboxPortal,
  type: SandboxObjectType,
  request: SearchRequest,
): SearchResult {
  const definitions = crm.properties.of(portal.id, type);
  const groups = [
    ...(request.filterGroups ?? []).map((group) => group.filters),
    ...(request.filters === null || request.filters === undefined ? [] : [request.filters]),
  ];
  checkSearch(groups, request, type, definitions, crm.settings);
  const limit = request.limit ?? 10;
  const offset = offsetOf(request.after);
  if (offset + limit > LAST_RESULT) {
    throw validationError(`Paging through more than ${LAST_RESULT} results is not supported: narrow the filters`, {
      context: { after: [request.after ?? ''] },
    });
  }
  const now = Date.now();
  const index = crm.records
    .all(portal.id, type.typeId)
    .map((record) => ({ record, values: indexedValues(record, now, crm.settings) }))
    .filter((entry): entry is Hit => entry.values !== null);
  const hits = index.filter(
    (hit) =>
      (groups.length === 0 ||
        groups.some((filters) => filters.every((filter) => matchesFilter(crm, hit, filter, definitions)))) &&
      matchesQuery(hit.values, type, request.query ?? ''),
  );
  sort(hits, request, type, definitions);
  const asked = crm.settings.shortSearchPages ? Math.max(1, limit - 1) : limit;
  const page = hits.slice(offset, offset + asked);
  const next = offset + page.length;
  return {
    // The index still counts archived records, while the page omits them (recorded).
    total: hits.length,
    records: page.map((hit) => hit.record).filter((record) => !record.archived),
    after: next < hits.length ? String(next) : null,
  };
}

function indexedValues(record: StoredRecord, now: number, settings: SandboxSettings): Values | null {
  if (now - record.changedAt >= settings.searchLagMs) return record.archived ? null : record.properties;
  return record.indexed;
}

function sort(
  hits: Hit[],
  request: SearchRequest,
  type: SandboxObjectType,
  definitions: ReadonlyMap<string, PropertyDefinition>,
): void {
  const asked = request.sorts?.[0];
  const descending =
    typeof asked === 'string' ? asked.startsWith('-') : (asked?.direction ?? '').toUpperCase().startsWith('DESC');
  const name = typeof asked === 'string' ? asked.replace(/^-/u, '') : (asked?.propertyName ?? type.created);
  const definition = definitions.get(name);
  hits.sort((left, right) => {
    const byValue = compareValues(definition, left.values[name] ?? '', right.values[name] ?? '');
    const difference =
      Number.isNaN(byValue) || byValue === 0 ? Number(left.record.id) - Number(right.record.id) : byValue;
    return descending ? -difference : difference;
  });
}

function offsetOf(after: string | null | undefined): number {
  if (after === null || after === undefined || after === '') return 0;
  const offset = Number(after);
  if (!Number.isInteger(offset) || offset < 0) throw validationError(`after must be an integer, it was ${after}`);
  return offset;
}
