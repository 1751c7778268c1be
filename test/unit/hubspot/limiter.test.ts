import { expect, test } from '@jest/globals';
import { ourSearches } from '../../../src/hubspot/client/limiter';

test.each([
  ["HubSpot's limit, the default share", 5, 3, 3],
  ['all of it', 5, 5, 5],
  ['the least', 5, 1, 1],
  ['a lower limit is never exceeded', 2, 3, 2],
  ['of a limit between the two others get what is above', 4, 3, 3],
  ['of a higher limit others get as many as of five', 10, 3, 8],
])('%s', (_, limit, share, expected) => {
  expect(ourSearches(limit, share)).toBe(expected);
});
