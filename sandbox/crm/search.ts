import { z } from 'zod';
import { validationError } from '../errors';
import type { Settings } from '../settings';
import type { Crm } from './crm';
import type { Portal } from './catalogue';
import type { ObjectType } from './object-types';
import type { PropertyDefinition } from './property-definitions';
import { parseInstant } from './property-values';
import type { StoredRecord, Values } from './records';

const OPERATORS = [
  'EQ',
  'NEQ',
  'LT',
  'LTE',
  'GT',
  'GTE',
  'BETWEEN',
  'IN',
  'NOT_IN',
  'HAS_PROPERTY',
  'NOT_HAS_PROPERTY',
  'CONTAINS_TOKEN',
  'NOT_CONTAINS_TOKEN',
] as const;

const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);

const filterShape = z.object({
  propertyName: z.string(),
  operator: z.enum(OPERATORS),
  value: scalar.nullish(),
  values: z.array(scalar).nullish(),
  highValue: scalar.nullish(),
});

export const searchShape = z.object({
  filterGroups: z.array(z.object({ filters: z.array(filterShape) })).nullish(),
  filters: z.array(filterShape).nullish(),
  query: z.string().nullish(),
  // The API accepts objects and, as its definition has it, plain strings.
  sorts: z
    .array(z.union([z.string(), z.object({ propertyName: z.string(), direction: z.string().optional() })]))
    .nullish(),
  properties: z.array(z.string()).nullish(),
  limit: z.coerce.number().int().nullish(),
  after: z.union([z.string(), z.number()]).transform(String).nullish(),
});

export type SearchRequest = z.infer<typeof searchShape>;
type Filter = z.infer<typeof filterShape>;

const MOST_GROUPS = 5;
const MOST_FILTERS_IN_GROUP = 6;
const MOST_FILTERS = 18;
const LARGEST_PAGE = 200;
const LAST_RESULT = 10_000;
export const LONGEST_SEARCH_BODY = 3000;

export interface SearchResult {
  total: number;
  records: StoredRecord[];
  after: string | null;
}

/**
 * Searches as HubSpot's index does. The index lags behind writes, so it matches the values that the index still has.
 */
export function search(crm: Crm, portal: Portal, type: ObjectType, request: SearchRequest): SearchResult {
  const definitions = crm.properties.of(portal.id, type);
  const groups = [
    ...(request.filterGroups ?? []).map((group) => group.filters),
    ...(request.filters === null || request.filters === undefined ? [] : [request.filters]),
  ];
  checkShape(groups, request, type, definitions, crm.settings);
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
        groups.some((filters) => filters.every((filter) => matches(crm, hit, filter, definitions)))) &&
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

interface Hit {
  record: StoredRecord;
  values: Values;
}

function indexedValues(record: StoredRecord, now: number, settings: Settings): Values | null {
  if (now - record.changedAt >= settings.searchLagMs) return record.archived ? null : record.properties;
  return record.indexed;
}

function checkShape(
  groups: Filter[][],
  request: SearchRequest,
  type: ObjectType,
  definitions: ReadonlyMap<string, PropertyDefinition>,
  settings: Settings,
): void {
  const filters = groups.flat();
  if (
    groups.length > MOST_GROUPS ||
    groups.some((group) => group.length > MOST_FILTERS_IN_GROUP) ||
    filters.length > MOST_FILTERS
  ) {
    throw validationError(
      `The maximum number of filterGroups is ${MOST_GROUPS}, with ${MOST_FILTERS_IN_GROUP} filters each and ${MOST_FILTERS} in all`,
    );
  }
  if ((request.sorts?.length ?? 0) > 1) throw validationError('Only one sort is supported');
  const limit = request.limit ?? 10;
  if (limit < 1 || limit > LARGEST_PAGE) {
    throw validationError(`limit must be between 1 and ${LARGEST_PAGE}, it was ${limit}`);
  }
  if ((request.query ?? '').length > LONGEST_SEARCH_BODY) {
    throw validationError(`A query holds at most ${LONGEST_SEARCH_BODY} characters`);
  }
  for (const filter of filters) checkFilter(filter, type, definitions, settings);
}

function checkFilter(
  filter: Filter,
  type: ObjectType,
  definitions: ReadonlyMap<string, PropertyDefinition>,
  settings: Settings,
): void {
  const name = filter.propertyName;
  if (name.startsWith('associations.')) {
    if (type.kind === 'custom') throw validationError(`${name} cannot be searched on custom objects`);
    return;
  }
  const definition = definitions.get(name);
  if (definition === undefined) {
    throw validationError(
      `There was a problem with the request: no property named ${name} for object type ${type.typeId}`,
      {
        context: { propertyName: [name] },
      },
    );
  }
  if (name === 'hs_body_preview_html') throw validationError('hs_body_preview_html cannot be filtered');
  switch (filter.operator) {
    case 'HAS_PROPERTY':
    case 'NOT_HAS_PROPERTY':
      return;
    case 'IN':
    case 'NOT_IN':
      if (name === 'hs_additional_emails' && settings.additionalEmails === 'refused') {
        throw validationError(`There was a problem with the request: operator ${filter.operator} is not supported`, {
          context: { propertyName: [name] },
        });
      }
      if ((filter.values ?? []).length === 0) throw validationError(`operator ${filter.operator} requires values`);
      // String values of IN must be lower-case [D]. Refusing them would be kinder than matching none, but HubSpot
      // matches none.
      return;
    case 'BETWEEN':
      if (filter.value === undefined || filter.highValue === undefined) {
        throw validationError('operator BETWEEN requires value and highValue');
      }
      return;
    case 'EQ':
    case 'NEQ':
    case 'LT':
    case 'LTE':
    case 'GT':
    case 'GTE':
    case 'CONTAINS_TOKEN':
    case 'NOT_CONTAINS_TOKEN':
      if (filter.value === undefined || filter.value === null) {
        throw validationError(`operator ${filter.operator} requires a value`);
      }
  }
}

function offsetOf(after: string | null | undefined): number {
  if (after === null || after === undefined || after === '') return 0;
  const offset = Number(after);
  if (!Number.isInteger(offset) || offset < 0) throw validationError(`after must be an integer, it was ${after}`);
  return offset;
}

/** Returns the values of a list property, which EQ and IN compare one by one; null for every other property. */
function listed(crm: Crm, definition: PropertyDefinition | undefined, held: string): string[] | null {
  if (definition?.type !== 'enumeration' || definition.fieldType !== 'checkbox') return null;
  if (definition.name === 'hs_additional_emails' && crm.settings.additionalEmails !== 'enumeration') return null;
  return held.split(';').filter((value) => value !== '');
}

function matches(crm: Crm, hit: Hit, filter: Filter, definitions: ReadonlyMap<string, PropertyDefinition>): boolean {
  const name = filter.propertyName;
  if (name.startsWith('associations.')) return matchesAssociation(crm, hit.record, filter);
  const definition = definitions.get(name);
  const held = hit.values[name] ?? '';
  const exact = definition?.type === 'enumeration';
  const own = exact ? held : held.toLowerCase();
  const value = exact ? (filter.value ?? '') : (filter.value ?? '').toLowerCase();
  const compare = (other: string): number => order(definition, own, exact ? other : other.toLowerCase());
  const several = listed(crm, definition, held);
  if (several !== null) {
    const wanted = new Set(filter.values ?? [filter.value ?? '']);
    const holdsOne = several.some((each) => wanted.has(each));
    if (filter.operator === 'EQ' || filter.operator === 'IN') return holdsOne;
    if (filter.operator === 'NEQ' || filter.operator === 'NOT_IN') return held !== '' && !holdsOne;
  }
  switch (filter.operator) {
    case 'HAS_PROPERTY':
      return held !== '';
    case 'NOT_HAS_PROPERTY':
      return held === '';
    case 'EQ':
      return held !== '' && compare(value) === 0;
    case 'NEQ':
      return held !== '' && compare(value) !== 0;
    case 'LT':
      return held !== '' && compare(value) < 0;
    case 'LTE':
      return held !== '' && compare(value) <= 0;
    case 'GT':
      return held !== '' && compare(value) > 0;
    case 'GTE':
      return held !== '' && compare(value) >= 0;
    case 'BETWEEN':
      return held !== '' && compare(value) >= 0 && compare(filter.highValue ?? '') <= 0;
    case 'IN':
      // Not lowered: a string value with capitals matches nothing, as HubSpot's page warns.
      return held !== '' && (filter.values ?? []).some((each) => order(definition, own, each) === 0);
    case 'NOT_IN':
      return held !== '' && (filter.values ?? []).every((each) => order(definition, own, each) !== 0);
    case 'CONTAINS_TOKEN':
      return containsToken(held, filter.value ?? '');
    case 'NOT_CONTAINS_TOKEN':
      return held !== '' && !containsToken(held, filter.value ?? '');
  }
}

function matchesAssociation(crm: Crm, record: StoredRecord, filter: Filter): boolean {
  const target = crm.catalogue.type(record.portalId, filter.propertyName.slice('associations.'.length));
  if (target === undefined) return false;
  const ids = new Set(crm.associations.of(record.portalId, record, target.typeId, false).map((each) => each.id));
  if (filter.operator === 'HAS_PROPERTY') return ids.size > 0;
  if (filter.operator === 'NOT_HAS_PROPERTY') return ids.size === 0;
  const wanted = filter.values ?? [filter.value ?? ''];
  const some = wanted.some((id) => ids.has(id));
  return filter.operator === 'NEQ' || filter.operator === 'NOT_IN' ? !some : some;
}

function order(definition: PropertyDefinition | undefined, left: string, right: string): number {
  if (definition?.type === 'number') return Number(left) - Number(right);
  if (definition?.type === 'date' || definition?.type === 'datetime') {
    return (parseInstant(left.toUpperCase()) ?? Number.NaN) - (parseInstant(right.toUpperCase()) ?? Number.NaN);
  }
  return left < right ? -1 : Number(left > right);
}

/**
 * Tokens are separated by anything except letters, digits, and the marks inside addresses and domains. `*` matches the
 * rest of a token. An address or domain is one token, and so is each of its parts.
 */
function containsToken(held: string, wanted: string): boolean {
  const tokens = held
    .toLowerCase()
    .split(/[\s;,]+/u)
    .flatMap((word) => [word, ...word.split(/[^\p{L}\p{N}]+/u)]);
  const words = wanted
    .toLowerCase()
    .split(/[\s;,]+/u)
    .filter((word) => word !== '');
  return words.length > 0 && words.every((word) => tokens.some((token) => wildcard(word).test(token)));
}

function wildcard(word: string): RegExp {
  const escaped = word.replaceAll(/[.+?^${}()|[\]\\]/gu, '\\$&').replaceAll('*', '.*');
  return new RegExp(`^${escaped}$`, 'u');
}

function matchesQuery(values: Values, type: ObjectType, query: string): boolean {
  const words = query
    .toLowerCase()
    .split(/\s+/u)
    .filter((word) => word !== '');
  if (words.length === 0) return true;
  const text = type.searchable
    .map((name) => values[name] ?? '')
    .join(' ')
    .toLowerCase();
  return words.every((word) => text.includes(word));
}

function sort(
  hits: Hit[],
  request: SearchRequest,
  type: ObjectType,
  definitions: ReadonlyMap<string, PropertyDefinition>,
): void {
  const asked = request.sorts?.[0];
  const descending =
    typeof asked === 'string' ? asked.startsWith('-') : (asked?.direction ?? '').toUpperCase().startsWith('DESC');
  const name = typeof asked === 'string' ? asked.replace(/^-/u, '') : (asked?.propertyName ?? type.created);
  const definition = definitions.get(name);
  hits.sort((left, right) => {
    const byValue = order(definition, left.values[name] ?? '', right.values[name] ?? '');
    const difference =
      Number.isNaN(byValue) || byValue === 0 ? Number(left.record.id) - Number(right.record.id) : byValue;
    return descending ? -difference : difference;
  });
}
