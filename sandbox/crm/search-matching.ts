import type { SandboxSettings } from '../settings';
import type { SandboxCrm } from './crm';
import type { SandboxObjectType } from './object-types';
import type { PropertyDefinition } from './property-definitions';
import { parseInstant } from './property-values';
import type { StoredRecord, Values } from './records';
import type { Filter } from './search-request';

/** A record with the values that the search index has of it. */
export interface Hit {
  record: StoredRecord;
  values: Values;
}

/** Whether a record satisfies one filter of a search, by the values that the search index has. */
export function matchesFilter(
  crm: SandboxCrm,
  hit: Hit,
  filter: Filter,
  definitions: ReadonlyMap<string, PropertyDefinition>,
): boolean {
  const name = filter.propertyName;
  if (name.startsWith('associations.')) return matchesAssociation(crm, hit.record, filter);
  return matchesValue(filter, hit.values[name] ?? '', definitions.get(name), crm.settings);
}

/** Whether a property's value satisfies a filter. An empty value satisfies only NOT_HAS_PROPERTY and the token `*`. */
export function matchesValue(
  filter: Filter,
  value: string,
  definition: PropertyDefinition | undefined,
  settings: Pick<SandboxSettings, 'additionalEmails'>,
): boolean {
  if (filter.operator === 'NOT_HAS_PROPERTY') return value === '';
  if (filter.operator === 'CONTAINS_TOKEN') return containsToken(value, filter.value ?? '');
  if (value === '') return false;
  const several = listed(definition, value, settings);
  if (several !== null) {
    const wanted = new Set(filter.values ?? [filter.value ?? '']);
    const hasOne = several.some((each) => wanted.has(each));
    if (filter.operator === 'EQ' || filter.operator === 'IN') return hasOne;
    if (filter.operator === 'NEQ' || filter.operator === 'NOT_IN') return !hasOne;
  }
  const exact = definition?.type === 'enumeration';
  const lowered = (text: string): string => (exact ? text : text.toLowerCase());
  const own = lowered(value);
  const compare = (other: string | null | undefined): number => compareValues(definition, own, lowered(other ?? ''));
  switch (filter.operator) {
    case 'HAS_PROPERTY':
      return true;
    case 'EQ':
      return compare(filter.value) === 0;
    case 'NEQ':
      return compare(filter.value) !== 0;
    case 'LT':
      return compare(filter.value) < 0;
    case 'LTE':
      return compare(filter.value) <= 0;
    case 'GT':
      return compare(filter.value) > 0;
    case 'GTE':
      return compare(filter.value) >= 0;
    case 'BETWEEN':
      return compare(filter.value) >= 0 && compare(filter.highValue) <= 0;
    case 'IN':
      // Keeps capitals: a string value that has any matches nothing, as HubSpot's page warns.
      return (filter.values ?? []).some((each) => compareValues(definition, own, each) === 0);
    case 'NOT_IN':
      return (filter.values ?? []).every((each) => compareValues(definition, own, each) !== 0);
    case 'NOT_CONTAINS_TOKEN':
      return !containsToken(value, filter.value ?? '');
  }
}

/** Returns the values of a list property, which EQ and IN compare one by one; null for every other property. */
function listed(
  definition: PropertyDefinition | undefined,
  value: string,
  settings: Pick<SandboxSettings, 'additionalEmails'>,
): string[] | null {
  if (definition?.type !== 'enumeration' || definition.fieldType !== 'checkbox') return null;
  if (definition.name === 'hs_additional_emails' && settings.additionalEmails !== 'enumeration') return null;
  return value.split(';').filter((each) => each !== '');
}

function matchesAssociation(crm: SandboxCrm, record: StoredRecord, filter: Filter): boolean {
  const target = crm.catalogue.type(record.portalId, filter.propertyName.slice('associations.'.length));
  if (target === undefined) return false;
  const ids = new Set(crm.associations.of(record.portalId, record, target.typeId, false).map((each) => each.id));
  if (filter.operator === 'HAS_PROPERTY') return ids.size > 0;
  if (filter.operator === 'NOT_HAS_PROPERTY') return ids.size === 0;
  const wanted = filter.values ?? [filter.value ?? ''];
  const some = wanted.some((id) => ids.has(id));
  return filter.operator === 'NEQ' || filter.operator === 'NOT_IN' ? !some : some;
}

/** Compares two values of a property as its type does: numbers and times by size, all others as text. */
export function compareValues(definition: PropertyDefinition | undefined, left: string, right: string): number {
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
function containsToken(value: string, wanted: string): boolean {
  const tokens = value
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

/** Whether every word of a query is part of a record's searchable values. */
export function matchesQuery(values: Values, type: SandboxObjectType, query: string): boolean {
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
