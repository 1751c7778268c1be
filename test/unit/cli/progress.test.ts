import { expect, test } from '@jest/globals';
import { progressWords } from '../../../src/cli/meetings';

test.each([
  [
    { requested: null, left: 3_512, waiting: 120, perMinute: 300.4 },
    '3512 meetings are under way; 120 of them wait; 300 end a minute, about 12 min left.',
  ],
  [
    { requested: 4_000, left: 9_000, waiting: 0, perMinute: 0 },
    '9000 meetings are under way; 4000 requested so far, and more to come.',
  ],
])('the progress of many syncs in words: %j', (progress, expected) => {
  expect(progressWords(progress)).toBe(expected);
});
