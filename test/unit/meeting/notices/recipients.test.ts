import { expect, test } from '@jest/globals';
import { readRecipients } from '../../../../src/meeting/notices/recipients';

const WRONG = 'must be e-mail addresses, separated by commas, for example ana@northwind.example';

test.each([
  ['ana@northwind.example', ['ana@northwind.example']],
  [' Ana@Northwind.example, leo@northwind.example ', ['ana@northwind.example', 'leo@northwind.example']],
  ['a@x.example;b@x.example\nc@x.example', ['a@x.example', 'b@x.example', 'c@x.example']],
  ['a@x.example, A@X.example', ['a@x.example']],
])('%j are %j', (text, addresses) => {
  expect(readRecipients(text)).toEqual({ addresses, problem: null });
});

test.each([
  ['', WRONG],
  [' , ', WRONG],
  ['ana', WRONG],
  ['ana@northwind.example, leo', WRONG],
  ['Ana <ana@northwind.example>', WRONG],
  ['ana@northwind.example\u0000', WRONG],
  [`${'a'.repeat(250)}@x.example`, WRONG],
  [Array.from({ length: 11 }, (_, index) => `a${index}@x.example`).join(','), 'must have at most 10 e-mail addresses'],
])('%j is refused: %s', (text, problem) => {
  expect(readRecipients(text)).toEqual({ addresses: null, problem });
});
