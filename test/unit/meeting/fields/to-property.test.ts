import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { canonicalValue, isSameValue, type PropertyDefinition } from '../../../../src/meeting/fields/property';
import { toProperty } from '../../../../src/meeting/fields/to-property';

const property = (change: Partial<PropertyDefinition>): PropertyDefinition => ({
  name: 'p',
  label: 'Some property',
  type: 'string',
  fieldType: 'text',
  options: [],
  writable: true,
  ...change,
});
const OPTIONS = [
  { value: 'new_business', label: 'New business' },
  { value: 'EXISTING', label: 'Renewal' },
  { value: 'a', label: 'b' },
  { value: 'b', label: 'a' },
];
const select = property({ type: 'enumeration', fieldType: 'select', options: OPTIONS });
const checkbox = property({ type: 'enumeration', fieldType: 'checkbox', options: OPTIONS });
const number = property({ type: 'number' });
const bool = property({
  type: 'bool',
  options: [
    { value: 'true', label: 'Yes' },
    { value: 'false', label: 'No' },
  ],
});
const date = property({ type: 'date' });
const datetime = property({ type: 'datetime' });

describe('a value that fits', () => {
  test.each([
    ['a text', property({}), 'x'],
    [12.5, property({}), '12.5'],
    [['a', 'b'], property({}), 'a\nb'],
    [1e21, number, '1000000000000000000000'],
    [0.000_000_1, number, '0.0000001'],
    [' -42.50 ', number, '-42.50'],
    [true, bool, 'true'],
    ['no', bool, 'false'],
    ['2026-11-06', date, '2026-11-06'],
    ['2026-11-06T23:30:00-05:00', date, '2026-11-07'],
    ['2026-11-06', datetime, '2026-11-06T00:00:00.000Z'],
    ['2026-11-06T10:00:00+01:00', datetime, '2026-11-06T09:00:00.000Z'],
    ['NEW BUSINESS', select, 'new_business'],
    ['existing', select, 'EXISTING'],
    ['a', select, 'a'],
    [['Renewal'], select, 'EXISTING'],
    [['Renewal', 'new_business', 'RENEWAL'], checkbox, 'EXISTING;new_business'],
  ])('%j', (value, definition, expected) => {
    const fitted = toProperty(value, definition);
    expect(fitted).toEqual({ fits: value === 'a text' ? 'a text' : expected });
  });
});

describe('a value that does not fit is refused with a sentence', () => {
  test.each([
    ['x', null, 'no such property'],
    ['x', property({ writable: false }), 'cannot be written'],
    ['x'.repeat(65_537), property({}), '65537 characters'],
    ['about 40', number, 'not a number'],
    ['', number, 'not a number'],
    [true, number, 'not a number'],
    ['maybe', bool, 'neither true nor false'],
    [1, bool, 'neither true nor false'],
    ['2026-02-30', date, 'not a date'],
    ['06/11/2026', date, 'not a date'],
    ['2026-11-06T10:00:00', datetime, 'not a date and time'],
    ['Upsell', select, 'no option “Upsell”'],
    ['A', select, 'no option “A”'],
    [['Renewal', 'New business'], select, 'takes one option'],
    [['Renewal', 'Upsell'], checkbox, 'no option “Upsell”'],
    ['1', property({ type: 'enumeration' }), 'not a list'],
    ['x', property({ type: 'object_coordinates' }), 'object_coordinates'],
  ])('%j', (value, definition, sentence) => {
    expect(toProperty(value, definition)).toEqual({ why: expect.stringContaining(sentence) });
  });
});

test('what fits is never a part of the value', () => {
  const values = fc.oneof(fc.string(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean());
  const definitions = fc.constantFrom(property({}), number, bool, select, checkbox, date, datetime);
  fc.assert(
    fc.property(values, definitions, (value, definition) => {
      const fitted = toProperty(value, definition);
      if (!('fits' in fitted)) return;
      if (definition.type === 'string')
        expect(fitted.fits.length).toBeGreaterThanOrEqual(typeof value === 'string' ? value.length : 1);
      if (definition.type === 'number' && typeof value === 'number') expect(Number(fitted.fits)).toBeCloseTo(value, 10);
      if (definition.type === 'enumeration') expect(OPTIONS.map((option) => option.value)).toContain(fitted.fits);
    }),
  );
});

test.each([
  [number, '5', '5.0', true],
  [number, '5', '6', false],
  [datetime, '2026-11-06T09:00:00.000Z', '2026-11-06T09:00:00Z', true],
  [date, '2026-11-06', '1794009600000', false],
  [date, '2026-11-06', String(Date.UTC(2026, 10, 6)), true],
  [checkbox, 'a;b', 'b;a', true],
  [select, 'a;b', 'b;a', false],
  [null, '5', '5.0', false],
  [property({}), null, '', true],
])('the same value for %j: %j and %j', (definition, one, other, same) => {
  expect(isSameValue(definition, one, other)).toBe(same);
  expect(canonicalValue(definition, one) === canonicalValue(definition, other)).toBe(same);
});
