import { expect, test } from '@jest/globals';
import { compareBasis, linkBasis, readLinkBasis, type LinkSettings } from '../../../src/meeting/linking/link-basis';

const none: LinkSettings = { openDealsOnly: false, dealPipelines: [], maxDeals: null, customObjectTypes: [] };
const basis = (settings: Partial<LinkSettings>, content = 'abc') => linkBasis(content, { ...none, ...settings });
/** Compares after the basis was stored as JSON and read again. */
const compared = (before: Partial<LinkSettings>, after: Partial<LinkSettings>, content = 'abc') =>
  compareBasis(readLinkBasis(JSON.parse(JSON.stringify(basis(before)))), basis(after, content));
const all = { sameContent: true, sameDealRules: true, sameSettings: true };

test('a basis keeps only the settings that decide which records are linked', () => {
  const settings = { ...none, maxDeals: 3, retentionDays: 30 };
  expect(linkBasis('abc', settings)).toEqual({ bodyHash: 'abc', ...none, maxDeals: 3 });
});

test('a stored basis without a setting had its default', () => {
  expect(readLinkBasis({ bodyHash: 'abc' })).toEqual({ bodyHash: 'abc', ...none });
  expect(readLinkBasis(null)).toBeNull();
  expect(() => readLinkBasis('abc')).toThrow('expected object');
});

test('the order of a list does not count, its items do', () => {
  expect(compared({ dealPipelines: ['a\nb', 'c'] }, { dealPipelines: ['c', 'a\nb'] })).toEqual(all);
  expect(compared({ customObjectTypes: ['2-7', '2-8'] }, { customObjectTypes: ['2-8', '2-7'] })).toEqual(all);
  expect(compared({ dealPipelines: ['a'] }, { dealPipelines: ['a', 'c'] })).toEqual({
    ...all,
    sameDealRules: false,
    sameSettings: false,
  });
});

test('number and custom types do not change how deals were chosen', () => {
  for (const change of [{ maxDeals: 3 }, { customObjectTypes: ['2-7'] }]) {
    expect(compared({ openDealsOnly: true }, { openDealsOnly: true, ...change })).toEqual({
      ...all,
      sameSettings: false,
    });
  }
});

test('other content is another basis, with the same settings too', () => {
  expect(compared({ maxDeals: 3 }, { maxDeals: 3 }, 'xyz')).toEqual({ ...all, sameContent: false });
  expect(compared({}, {}, 'ab')).toEqual({ ...all, sameContent: false });
});

test('without a previous pass the settings count as the defaults', () => {
  expect(compareBasis(null, basis({}))).toEqual({ ...all, sameContent: false });
  expect(compareBasis(null, basis({ openDealsOnly: true })).sameDealRules).toBe(false);
});
