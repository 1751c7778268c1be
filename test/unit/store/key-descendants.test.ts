import { expect, test } from '@jest/globals';
import { withDescendants } from '../../../src/store/access/key-descendants';

const key = (id: string, ...origins: string[]) => ({ id, origins });

test.each([
  ['alone', [key('a')], ['a']],
  ['with a child', [key('a'), key('b', 'a'), key('c')], ['a', 'b']],
  ['through generations, in any order', [key('d', 'c'), key('c', 'b'), key('b', 'a'), key('a')], ['a', 'b', 'c', 'd']],
  ['not its maker', [key('a', 'z'), key('z'), key('y', 'z')], ['a']],
  ['through any of several origins', [key('a'), key('b', 'z', 'a'), key('c', 'y', 'b')], ['a', 'b', 'c']],
  ['in a circle', [key('a', 'b'), key('b', 'a')], ['a', 'b']],
])('a key and its descendants: %s', (_, keys, expected) => {
  expect(withDescendants('a', keys).toSorted()).toEqual(expected);
});
