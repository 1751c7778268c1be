import { expect, test } from '@jest/globals';
import { withDescendants } from '../../../src/store/access/key-descendants';

const key = (id: string, by: string | null) => ({ id, made_by_key: by });

test.each([
  ['alone', [key('a', null)], ['a']],
  ['with a child', [key('a', null), key('b', 'a'), key('c', null)], ['a', 'b']],
  [
    'through generations, in any order',
    [key('d', 'c'), key('c', 'b'), key('b', 'a'), key('a', null)],
    ['a', 'b', 'c', 'd'],
  ],
  ['not its maker', [key('a', 'z'), key('z', null), key('y', 'z')], ['a']],
  ['in a circle', [key('a', 'b'), key('b', 'a')], ['a', 'b']],
])('a key and its descendants: %s', (_, keys, expected) => {
  expect(withDescendants('a', keys).toSorted()).toEqual(expected);
});
