import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  cursorAt,
  MOST_CHARACTERS,
  pageFrom,
  placeAt,
  withinLimit,
  type Page,
  type Place,
} from '../../../../src/http/mcp/paging';

const place = { list: 'notes', offset: 0, version: 'v1' };

test('The pages of a list have every entry once, in order', () => {
  const list = fc.array(fc.string({ maxLength: 60 }), { maxLength: 60 });
  const most = fc.record({ count: fc.integer({ min: 1, max: 20 }), characters: fc.integer({ min: 1, max: 200 }) });
  fc.assert(
    fc.property(list, most, (all, bounds) => {
      const read: string[] = [];
      for (let at: Place | null = place; at !== null;) {
        const page: Page<string> = pageFrom(all, at, bounds);
        expect(page.total).toBe(all.length);
        expect(page.items.length).toBeLessThanOrEqual(bounds.count);
        read.push(...page.items);
        at = page.nextCursor === null ? null : placeAt(page.nextCursor, ['notes']);
      }
      expect(read).toEqual(all);
    }),
  );
});

test('A cursor of another list, or that no page has returned, is a validation error of the cursor', () => {
  const error = expect.objectContaining({
    errors: [{ path: 'cursor', message: expect.stringMatching(/not a cursor/) }],
  });
  const invalid = [
    cursorAt({ ...place, list: 'other' }),
    cursorAt({ ...place, offset: -1 }),
    cursorAt({ ...place, offset: 0.5 }),
    cursorAt({ ...place, offset: 1e15 }),
    'x',
    '',
    '%%%',
    Buffer.from('[]').toString('base64url'),
  ];
  for (const cursor of invalid) expect(() => placeAt(cursor, ['notes'])).toThrow(error);
  fc.assert(fc.property(fc.string(), (text) => expect(() => placeAt(text, ['notes'])).toThrow(error)));
});

test('A page that is too long is read again with fewer entries, down to one', async () => {
  const asked: number[] = [];
  const read = (characters: number) => (limit: number) => {
    asked.push(limit);
    return Promise.resolve(Array.from({ length: limit }, () => 'x'.repeat(characters)));
  };
  expect(await withinLimit(20, read(MOST_CHARACTERS / 4))).toHaveLength(2);
  expect(await withinLimit(20, read(10))).toHaveLength(20);
  expect(await withinLimit(3, read(MOST_CHARACTERS * 2))).toHaveLength(1);
  expect(asked).toEqual([20, 10, 5, 2, 20, 3, 1]);
});
