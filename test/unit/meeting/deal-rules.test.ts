import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { excludeDeals, narrowsDeals, type DealFacts, type DealRules } from '../../../src/meeting/linking/deal-rules';

const startedAt = Date.parse('2026-11-03T09:00:00Z');
const DAY = 24 * 3_600_000;
const all: DealRules = { openDealsOnly: false, dealPipelines: [], maxDeals: null };
const deal = (id: string, given: Partial<DealFacts> = {}): DealFacts => ({
  id,
  pipeline: 'default',
  closed: false,
  closedAt: null,
  createdAt: startedAt - DAY,
  ...given,
});
const leftOut = (deals: readonly DealFacts[], rules: Partial<DealRules>, linkedBefore: readonly string[] = []) =>
  Object.fromEntries(excludeDeals(deals, { ...all, ...rules }, { startedAt, linkedBefore: new Set(linkedBefore) }));

test('a deal was open at the meeting if it is open now, or closed after the meeting began', () => {
  const deals = [
    deal('1'),
    // An open deal's close date is an expectation.
    deal('2', { closedAt: startedAt - DAY }),
    deal('3', { closed: true, closedAt: startedAt + 1 }),
    deal('4', { closed: true, closedAt: startedAt }),
    deal('5', { closed: true, closedAt: startedAt - DAY }),
    deal('6', { closed: true }),
  ];
  expect(leftOut(deals, { openDealsOnly: true })).toEqual({ 4: 'closed_deal', 5: 'closed_deal', 6: 'closed_deal' });
  expect(leftOut(deals, {})).toEqual({});
});

test('the state and pipeline of a deal that was linked under the same settings are not checked again', () => {
  const deals = [deal('1', { closed: true }), deal('2', { pipeline: 'other' }), deal('3', { pipeline: null })];
  const rules = { openDealsOnly: true, dealPipelines: ['default'] };
  expect(leftOut(deals, rules)).toEqual({ 1: 'closed_deal', 2: 'other_pipeline', 3: 'other_pipeline' });
  expect(leftOut(deals, rules, ['1', '2'])).toEqual({ 3: 'other_pipeline' });
});

test('of too many deals the most recently created are kept, and of the same time those with the greater id', () => {
  const deals = [
    deal('9', { createdAt: startedAt }),
    deal('1000', { createdAt: startedAt }),
    deal('2000', { createdAt: null }),
    deal('10', { createdAt: startedAt + 1 }),
  ];
  expect(Object.keys(leftOut(deals, { maxDeals: 3 }))).toEqual(['2000']);
  expect(Object.keys(leftOut(deals, { maxDeals: 2 }))).toEqual(['9', '2000']);
  expect(Object.keys(leftOut(deals, { maxDeals: 1 }, ['9', '1000']))).toEqual(['9', '1000', '2000']);
});

test('the other rules come before the number: a closed deal takes no place', () => {
  const deals = [deal('1'), deal('2', { closed: true, createdAt: startedAt })];
  expect(leftOut(deals, { openDealsOnly: true, maxDeals: 1 })).toEqual({ 2: 'closed_deal' });
});

const facts: fc.Arbitrary<DealFacts[]> = fc.uniqueArray(
  fc.record({
    id: fc.integer({ min: 1, max: 99_999 }).map(String),
    pipeline: fc.constantFrom('a', 'b', null),
    closed: fc.boolean(),
    closedAt: fc.option(fc.integer({ min: startedAt - 5, max: startedAt + 5 })),
    createdAt: fc.option(fc.integer({ min: startedAt - 3, max: startedAt })),
  }),
  { selector: ({ id }) => id, maxLength: 12 },
);
const rules: fc.Arbitrary<DealRules> = fc.record({
  openDealsOnly: fc.boolean(),
  dealPipelines: fc.uniqueArray(fc.constantFrom('a', 'b')),
  maxDeals: fc.option(fc.integer({ min: 1, max: 5 })),
});

test('for any deals: the order does not matter, the maximum is kept, and every place is used', () => {
  fc.assert(
    fc.property(facts, rules, fc.func(fc.boolean()), (deals, given, wasLinked) => {
      const linkedBefore = new Set(deals.map(({ id }) => id).filter((id) => wasLinked(id)));
      const out = excludeDeals(deals, given, { startedAt, linkedBefore });
      expect(excludeDeals(deals.toReversed(), given, { startedAt, linkedBefore })).toEqual(out);
      const kept = deals.filter(({ id }) => !out.has(id));
      expect(kept.length).toBeLessThanOrEqual(given.maxDeals ?? Infinity);
      if ([...out.values()].includes('beyond_max_deals')) expect(kept).toHaveLength(given.maxDeals ?? -1);
      for (const { id, closed, closedAt, pipeline } of kept.filter((one) => !linkedBefore.has(one.id))) {
        if (given.openDealsOnly) expect([id, !closed || (closedAt ?? 0) > startedAt]).toEqual([id, true]);
        if (given.dealPipelines.length > 0) expect(given.dealPipelines).toContain(pipeline);
      }
      // A deal that is kept with a lower maximum is kept with a higher one.
      const more = excludeDeals(deals, { ...given, maxDeals: null }, { startedAt, linkedBefore });
      expect(kept.filter(({ id }) => more.has(id))).toEqual([]);
      if (!narrowsDeals(given)) expect(out.size).toBe(0);
    }),
  );
});
