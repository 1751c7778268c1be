import { expect, test } from '@jest/globals';
import { pauseAfter } from '../../../src/activities/follow-journal';

const HOUR_MS = 3_600_000;

test.each([
  ['read', 60_000, 5_000],
  ['refused', 5_000, 24 * HOUR_MS],
  ['quiet', 0, 5_000],
  ['quiet', 5_000, 10_000],
  ['quiet', 40_000, 60_000],
  ['quiet', 24 * HOUR_MS, 60_000],
  ['failed', 0, 5_000],
  ['failed', 60_000, 120_000],
  ['failed', 24 * HOUR_MS, HOUR_MS],
] as const)(
  'after a look that %s, following a pause of %i ms, comes a pause of %i ms',
  (outcome, previous, expected) => {
    expect(pauseAfter(outcome, previous)).toBe(expected);
  },
);
