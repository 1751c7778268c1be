import { z } from 'zod';
import { validationError } from '../errors';
import type { SandboxSettings } from '../settings';
import type { SandboxObjectType } from './object-types';
import type { PropertyDefinition } from './property-definitions';

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
export type Filter = z.infer<typeof filterShape>;

const MOST_GROUPS = 5;
const MOST_FILTERS_IN_GROUP = 6;
const MOST_FILTERS = 18;
const LARGEST_PAGE = 200;
export const LONGEST_SEARCH_BODY = 3000;

/** Refuses what HubSpot's search refuses. */
export function checkSearch(
  groups: Filter[][],
  request: SearchRequest,
  type: SandboxObjectType,
  definitions: ReadonlyMap<string, PropertyDefinition>,
  settings: SandboxSettings,
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
  type: SandboxObjectType,
  definitions: ReadonlyMap<string, PropertyDefinition>,
  settings: SandboxSettings,
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
      // String values of IN must be lower-case (documented). Refusing them would be kinder than matching none, but HubSpot
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
