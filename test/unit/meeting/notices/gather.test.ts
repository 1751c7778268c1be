import fc from 'fast-check';
import { expect, test } from '@jest/globals';
import { gatheredAt, pauseAfterMessage } from '../../../../src/meeting/notices/gather';

test.each([
  ['one notice waits ten seconds for others', { timeScale: 1, firstAt: 0, lastAt: 0 }, 10_000],
  ['each further one gives it ten more', { timeScale: 1, firstAt: 0, lastAt: 8_000 }, 18_000],
  ['at most for a minute', { timeScale: 1, firstAt: 0, lastAt: 59_000 }, 60_000],
  ['scaled', { timeScale: 0.01, firstAt: 0, lastAt: 80 }, 180],
])('%s', (_what, waiting, at) => {
  expect(gatheredAt(waiting)).toBe(at);
});

test('notices of one minute are two messages at most, however they come', () => {
  const times = fc.array(fc.integer({ min: 0, max: 59_999 }), { minLength: 1, maxLength: 100 });
  fc.assert(
    fc.property(times, (unsorted) => {
      let pausedUntil = 0;
      let waiting: number[] = [];
      const messages: number[] = [];
      for (const arrival of [...unsorted.toSorted((one, other) => one - other), Infinity]) {
        const [firstAt] = waiting;
        const lastAt = waiting.at(-1);
        if (firstAt !== undefined && lastAt !== undefined) {
          const at = Math.max(gatheredAt({ firstAt, lastAt, timeScale: 1 }), pausedUntil);
          if (at <= arrival) {
            messages.push(at);
            pausedUntil = at + pauseAfterMessage(1);
            waiting = [];
          }
        }
        waiting.push(arrival);
      }
      expect(messages.length).toBeLessThanOrEqual(2);
    }),
  );
});
