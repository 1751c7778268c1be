import { expect, test } from '@jest/globals';
import { askAgainAfter, ourSearches } from '../../../src/hubspot/client/limiter';

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

test.each([
  ['a live call gives up when the next slot is far away', { retryMs: 6_000, closed: null }, true, 0, null],
  ['a live call waits for the end of a short closure', { retryMs: 1_000, closed: 'ten_seconds' }, true, 0, 1_010],
  ['but not beyond five seconds', { retryMs: 2_000, closed: 'ten_seconds' }, true, 4_000, null],
  ['bulk work asks again when a slot is almost due', { retryMs: 1_000, closed: null }, false, 0, 910],
  ['bulk work waits for the end of a short closure', { retryMs: 8_000, closed: 'ten_seconds' }, false, 10_000, 8_010],
  ['but not beyond half a minute', { retryMs: 8_000, closed: 'ten_seconds' }, false, 25_000, null],
  ['nothing waits for the end of a day', { retryMs: 100, closed: 'day' }, false, 0, null],
])('%s', (_, slot, urgent, waitedMs, expected) => {
  expect(askAgainAfter(slot, { urgent, waitedMs, spreadMs: 10 })).toBe(expected);
});
