import { expect, test } from '@jest/globals';
import { CONTACT } from '../../../sandbox/crm/object-types';
import type { PropertyDefinition } from '../../../sandbox/crm/property-definitions';
import { matchesQuery, matchesValue } from '../../../sandbox/crm/search-matching';
import type { Filter } from '../../../sandbox/crm/search-request';

const property = (type: PropertyDefinition['type'], more: Partial<PropertyDefinition> = {}): PropertyDefinition => ({
  name: 'some_property',
  label: 'Some property',
  type,
  fieldType: 'text',
  description: '',
  groupName: 'information',
  options: [],
  readOnly: false,
  calculated: false,
  hasUniqueValue: false,
  external: null,
  hubspotDefined: false,
  displayOrder: -1,
  createdAt: null,
  updatedAt: null,
  ...more,
});

const text = property('string');
const number = property('number');
const time = property('datetime');
const option = property('enumeration', { fieldType: 'select' });
const several = property('enumeration', { fieldType: 'checkbox' });
const addresses = property('enumeration', { fieldType: 'checkbox', name: 'hs_additional_emails' });
const asDefined = { additionalEmails: 'enumeration' } as const;

type Condition = Omit<Filter, 'propertyName'>;
const matches = (
  condition: Condition,
  value: string,
  definition: PropertyDefinition | undefined,
  settings: Parameters<typeof matchesValue>[3] = asDefined,
) => matchesValue({ propertyName: 'some_property', ...condition }, value, definition, settings);

test.each<[Condition, string, PropertyDefinition | undefined, boolean]>([
  [{ operator: 'HAS_PROPERTY' }, 'x', text, true],
  [{ operator: 'HAS_PROPERTY' }, '', text, false],
  [{ operator: 'NOT_HAS_PROPERTY' }, '', text, true],
  [{ operator: 'NOT_HAS_PROPERTY' }, 'x', text, false],
  [{ operator: 'EQ', value: 'ACME' }, 'Acme', text, true],
  [{ operator: 'EQ', value: '' }, '', text, false],
  [{ operator: 'EQ', value: 'x' }, 'X', undefined, true],
  [{ operator: 'EQ', value: 'Won' }, 'won', option, false],
  [{ operator: 'NEQ', value: 'won' }, 'lost', option, true],
  [{ operator: 'NEQ', value: 'won' }, '', option, false],
  [{ operator: 'LT', value: '9' }, '10', text, true],
  [{ operator: 'LT', value: '9' }, '10', number, false],
  [{ operator: 'LTE', value: '10' }, '10', number, true],
  [{ operator: 'GT', value: '10' }, '10', number, false],
  [{ operator: 'GTE', value: '2026-01-01T00:00:00Z' }, '2026-01-01T00:00:00.000Z', time, true],
  [{ operator: 'GTE', value: '1767225600001' }, '2026-01-01T00:00:00Z', time, false],
  [{ operator: 'BETWEEN', value: '1', highValue: '3' }, '3', number, true],
  [{ operator: 'BETWEEN', value: '1', highValue: '3' }, '4', number, false],
  [{ operator: 'IN', values: ['a', 'b'] }, 'B', text, true],
  [{ operator: 'IN', values: ['B'] }, 'B', text, false],
  [{ operator: 'IN', values: ['B'] }, 'B', option, true],
  [{ operator: 'NOT_IN', values: ['a'] }, 'b', text, true],
  [{ operator: 'NOT_IN', values: ['a'] }, '', text, false],
  [{ operator: 'EQ', value: 'b' }, 'a;b', several, true],
  [{ operator: 'IN', values: ['c', 'b'] }, 'a;b', several, true],
  [{ operator: 'NEQ', value: 'b' }, 'a;b', several, false],
  [{ operator: 'NOT_IN', values: ['c'] }, 'a;b', several, true],
  [{ operator: 'CONTAINS_TOKEN', value: 'acme.example' }, 'a@acme.example', text, false],
  [{ operator: 'CONTAINS_TOKEN', value: 'acme' }, 'a@acme.example', text, true],
  [{ operator: 'CONTAINS_TOKEN', value: 'A@ACME.example' }, 'b@x.example;a@acme.example', text, true],
  [{ operator: 'CONTAINS_TOKEN', value: '*cme' }, 'Acme Ltd', text, true],
  [{ operator: 'CONTAINS_TOKEN', value: '' }, 'Acme', text, false],
  [{ operator: 'CONTAINS_TOKEN', value: '*' }, '', text, true],
  [{ operator: 'NOT_CONTAINS_TOKEN', value: 'acme' }, 'Fjord', text, true],
  [{ operator: 'NOT_CONTAINS_TOKEN', value: 'acme' }, '', text, false],
])('%j of %j', (condition, value, definition, expected) => {
  expect(matches(condition, value, definition)).toBe(expected);
});

test.each([
  ['enumeration', 'b@x.example', true],
  ['string', 'b@x.example', false],
  ['string', 'a@x.example;b@x.example', true],
] as const)('additional addresses as %s: EQ %s', (additionalEmails, value, expected) => {
  expect(matches({ operator: 'EQ', value }, 'a@x.example;b@x.example', addresses, { additionalEmails })).toBe(expected);
});

test.each([
  ['', true],
  ['marc serra', true],
  ['SERRA acme', true],
  ['marc jones', false],
])('the query %j', (query, expected) => {
  const values = { firstname: 'Marc', lastname: 'Serra', email: 'marc@acme.example', jobtitle: 'Jones' };
  expect(matchesQuery(values, CONTACT, query)).toBe(expected);
});
