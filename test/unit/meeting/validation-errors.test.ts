import { expect, test } from '@jest/globals';
import { listErrors } from '../../../src/meeting/validation-errors';
import { processedMeetingSchema } from '../../../src/meeting/intake/schema';
import { exampleInput } from './meetings';

function errorsOf(change: Record<string, unknown>) {
  const result = processedMeetingSchema.safeParse({ ...exampleInput, ...change });
  return listErrors(result.error ?? { issues: [] });
}
const many = (count: number, entry: unknown) => Array.from({ length: count }, () => entry);
const unknownFields = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`x${n}`, 0]));

test.each([
  [1, 1, 'One field is not valid.'],
  [100, 100, '100 fields are not valid.'],
  [101, 100, '101 validation errors; the first 100 are listed.'],
  [137, 100, '137 validation errors; the first 100 are listed.'],
])('of %i errors %i are listed, and the sentence is "%s"', (count, listed, sentence) => {
  const { errors, ...rest } = errorsOf({ participants: many(count, 'Ana') });
  expect(errors).toHaveLength(listed);
  expect(errors.at(-1)).toEqual({ path: `participants[${listed - 1}]`, message: 'must be an object' });
  expect(rest).toEqual({ total: count, sentence });
});

test.each([
  [20, null],
  [21, 'has 1 more unknown field'],
  [1_234, 'has 1,214 more unknown fields'],
])('of %i unknown fields of an object twenty are named', (count, last) => {
  const { errors, total, sentence } = errorsOf({ host: { email: 'ana@n.example', ...unknownFields(count) } });
  expect(errors.slice(0, 20).map(({ path }) => path)).toEqual(Array.from({ length: 20 }, (_, n) => `host.x${n}`));
  expect(errors.slice(20)).toEqual(last === null ? [] : [{ path: 'host', message: last }]);
  expect(total).toBe(count);
  expect(sentence).toBe(`${count.toLocaleString('en')} fields are not valid.`);
});

test('a long name of a field is cut', () => {
  const { errors } = errorsOf({ ['x'.repeat(1_000_000)]: 1 });
  expect(errors).toEqual([{ path: `["${'x'.repeat(100)}…"]`, message: 'is not a known field' }]);
});

test('a list over its bound is one validation error, regardless of its entries', () => {
  for (const [change, path] of [
    [{ participants: many(600_000, 0) }, 'participants'],
    [{ summary: { topics: many(600_000, 0) } }, 'summary.topics'],
    [{ summary: { nextSteps: many(600_000, 0) } }, 'summary.nextSteps'],
    [{ smartCategories: many(600_000, 0) }, 'smartCategories'],
    [{ smartCategories: [{ name: 'a', items: many(600_000, 0) }] }, 'smartCategories[0].items'],
    // Each list is within its bound, 600,000 entries in all.
    [{ smartCategories: many(2_000, { name: 'a', items: many(300, 0) }) }, 'smartCategories'],
  ] as const) {
    const { errors, total } = errorsOf(change);
    expect(errors).toMatchObject([{ path, message: expect.stringMatching(/^must not have more than /) }]);
    expect(total).toBe(1);
  }
});

test('a huge invalid meeting gets a small answer', () => {
  const person = { email: 'x'.repeat(400), name: 5, phone: 5, internal: 5, ...unknownFields(600) };
  const item = { kind: 'x', text: 5, startSeconds: 'x', endSeconds: 'x', clipUrl: 5 };
  const list = errorsOf({
    ...unknownFields(50_000),
    participants: many(200, person),
    smartCategories: many(2_000, { name: '', items: [item] }),
  });
  expect(list.total).toBeGreaterThan(170_000);
  expect(JSON.stringify(list).length).toBeLessThan(20_000);
});
