import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { NotJsonError, parseStrictJson, storableJson } from '../../../src/http/strict-json';

test('property: JSON without duplicate fields is parsed like JSON.parse', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      const value: unknown = JSON.parse(text);
      // Serialising the parsed object returns the same text, unless a field was duplicate or forbidden.
      const same = JSON.stringify(value) === text.replaceAll(/\s/g, '') && !text.includes('__proto__');
      if (same) expect(parseStrictJson(text)).toEqual(value);
    }),
  );
});

test('property: a duplicate field is found at any depth and in any spelling', () => {
  const name = fc.string({ minLength: 1 }).filter((text) => text !== '__proto__');
  const escaped = (text: string) =>
    `"${Array.from({ length: text.length }, (_, at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`).join('')}"`;
  fc.assert(
    fc.property(name, fc.json(), fc.json(), fc.boolean(), (field, one, other, escape) => {
      const twice = `{${JSON.stringify(field)}: 1, ${escape ? escaped(field) : JSON.stringify(field)} :2}`;
      expect(() =>
        parseStrictJson(
          `[${one.includes('__proto__') ? '1' : JSON.stringify(one)},{"a":${twice}},${JSON.stringify(other)}]`,
        ),
      ).toThrow(NotJsonError);
    }),
  );
});

test.each([
  '{"a":"b","c":"\\"a\\":1,"}',
  '{"a":{"a":{"a":[{"a":1},{"a":2}]}}}',
  '["a","a",{"a":"a"}]',
  '" a\\\\"',
  '{}',
])('%s is accepted', (text) => {
  expect(parseStrictJson(text)).toEqual(JSON.parse(text));
});

test('property: only characters that cannot be stored are removed from JSON', () => {
  const unit = fc.constantFrom('\0', '\uD83D', '\uDC4D', '👍', '\\', '"', 'u0000', 'a', '\n');
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 12 }), (units) => {
      const given = units.join('');
      expect(JSON.parse(storableJson(JSON.stringify({ given })))).toEqual({
        given: given.replaceAll('\0', '').toWellFormed() === given ? given : cleaned(given),
      });
    }),
  );
  function cleaned(given: string): string {
    // Two halves that only become adjacent by removing U+0000 are not a pair.
    return given.replaceAll(/\p{Surrogate}/gu, '\uFFFD').replaceAll('\0', '');
  }
});
