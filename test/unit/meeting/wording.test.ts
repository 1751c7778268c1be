import { expect, test } from '@jest/globals';
import { propertyWords } from '../../../src/meeting/content/wording';

test.each([
  ['COMPUTER_SOFTWARE', 'Computer software'],
  ['salesqualifiedlead', 'Sales qualified lead'],
  ['customer', 'Customer'],
  ['Own value', 'Own value'],
  ['1234567', null],
  ['', null],
])('the value %j of an enumeration is %j in words', (value, words) => {
  expect(propertyWords(value)).toBe(words);
});
