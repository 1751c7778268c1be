import { expect, test } from '@jest/globals';
import { compareBasis, linkBasis, type LinkSettings } from '../../../src/meeting/linking/link-basis';

const none: LinkSettings = { openDealsOnly: false, dealPipelines: [], maxDeals: null, customObjectTypes: [] };
const compared = (before: Partial<LinkSettings>, after: Partial<LinkSettings>, content = 'abc') =>
  compareBasis(linkBasis('abc', { ...none, ...before }), content, { ...none, ...after });
const all = { sameContent: true, sameJudgement: true, sameSettings: true };

test('with the default settings the basis is the hash of the content', () => {
  expect(linkBasis('abc', none)).toBe('abc');
  expect(compared({}, {})).toEqual(all);
});

test('the order of a list does not count, what stands in it does', () => {
  expect(compared({ dealPipelines: ['a\nb', 'c'] }, { dealPipelines: ['c', 'a\nb'] })).toEqual(all);
  expect(compared({ dealPipelines: ['a'] }, { dealPipelines: ['a', 'c'] })).toEqual({
    ...all,
    sameJudgement: false,
    sameSettings: false,
  });
});

test('number and custom types do not change how deals were judged', () => {
  for (const change of [{ maxDeals: 3 }, { customObjectTypes: ['2-7'] }]) {
    expect(compared({ openDealsOnly: true }, { openDealsOnly: true, ...change })).toEqual({
      ...all,
      sameSettings: false,
    });
  }
});

test('other content is another basis, whatever the settings', () => {
  expect(compared({ maxDeals: 3 }, { maxDeals: 3 }, 'xyz')).toEqual({ ...all, sameContent: false });
  expect(compared({}, {}, 'ab')).toEqual({ ...all, sameContent: false });
  expect(compareBasis(null, 'abc', none)).toEqual({ ...all, sameContent: false });
});
