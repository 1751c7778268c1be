import { expect, test } from '@jest/globals';
import { isPhoneNumber, nationalNumber, phoneNumber, phoneSpellings } from '../../../src/meeting/people/phones';

test.each([
  ['+34 600 11 22 33', '+34600112233'],
  ['+34600112233', '+34600112233'],
  ['0034 600-112-233', '+34600112233'],
  ['tel:+34-600-11-22-33', '+34600112233'],
  ['＋34 600 11 22 33', '+34600112233'],
  ['+1 (415) 555-2671', '+14155552671'],
  ['(+34) 600 11 22 33', '+34600112233'],
  ['(0034) 600 11 22 33', '+34600112233'],
  ['00 34 600 11 22 33', '+34600112233'],
  ['+34 600 11 22 33 (mobile)', '+34600112233'],
  ['whatsapp:+34600112233', '+34600112233'],
  ['\u202A+34\u00A0600 11 22 33\u202C', '+34600112233'],
  ['+44 (0)20 7946 0018', '+442079460018'],
  ['+34 (0) 600 11 22 33', '+34600112233'],
  ['+39 (0)6 6982 1234', '+390669821234'],
  ['600 11 22 33', null],
  ['(600) 11 22 33', null],
  ['+34 600 11 22 33 ext. 4', null],
  ['+34', null],
  ['Meeting room 4', null],
  ['Ana +34 600 11 22 33', null],
  ['', null],
])('the number of %j is %s', (text, number) => {
  expect(phoneNumber(text)).toBe(number);
});

test.each([
  ['+34 600 11 22 33', true],
  ['600112233', true],
  ['600 11 22 33', true],
  ['0034600112233', true],
  ['+351 600 112 233', false],
  ['600112234', false],
  ['+34 600 11 22 33 x12', false],
  ['', false],
])('%j of a contact is +34600112233: %s', (text, expected) => {
  expect(isPhoneNumber(text, '+34600112233')).toBe(expected);
});

test('a number is searched for as people write it, and without its country code', () => {
  expect(phoneSpellings('+34600112233')).toEqual(
    expect.arrayContaining(['+34600112233', '+34 600 11 22 33', '600 11 22 33', '600112233', '0034600112233']),
  );
  expect(nationalNumber('+34600112233')).toBe('600112233');
});
