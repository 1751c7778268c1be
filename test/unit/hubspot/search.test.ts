import { expect, test } from '@jest/globals';
import { fitsSearch, type FilterGroup } from '../../../src/hubspot/search/search';

const oneOf = (values: readonly string[]): FilterGroup => [{ propertyName: 'email', operator: 'IN', values }];
const token = (value: string): FilterGroup => [
  { propertyName: 'hs_additional_emails', operator: 'CONTAINS_TOKEN', value },
];
const addresses = (count: number, length: number) =>
  Array.from({ length: count }, (_, index) => `${String(index).padStart(length - 10, 'l')}@x.example`);

test.each([
  ['five groups', addresses(5, 30).map(token), true],
  ['six groups', addresses(6, 30).map(token), false],
  ['a hundred values', [oneOf(addresses(100, 20))], true],
  ['a hundred and one', [oneOf(addresses(101, 20))], false],
  ['six filters in a group', [addresses(6, 30).flatMap(token)], true],
  ['seven', [addresses(7, 30).flatMap(token)], false],
  ['eighteen filters', Array.from({ length: 3 }, () => addresses(6, 30).flatMap(token)), true],
  ['twenty', Array.from({ length: 4 }, () => addresses(5, 30).flatMap(token)), false],
  ['three long addresses', [oneOf(addresses(3, 300)), ...addresses(3, 300).map(token)], true],
  ['four of them', [oneOf(addresses(4, 310)), ...addresses(4, 310).map(token)], false],
  ['one of a script whose characters take three bytes each', [oneOf(['人'.repeat(900)])], true],
  ['one that is too long in bytes', [oneOf(['人'.repeat(990)])], false],
])('%s', (_, groups, fits) => {
  expect(fitsSearch(['email', 'firstname'], groups)).toBe(fits);
});
