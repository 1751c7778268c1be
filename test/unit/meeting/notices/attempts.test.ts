import { expect, test } from '@jest/globals';
import { afterFailure, type AttemptError } from '../../../../src/meeting/notices/attempts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const failed = { attempts: 1, failures: 1, failingMs: 0, timeScale: 1 };
const refused = { error: 'refused' as AttemptError };

test.each([
  [1, 5 * SECOND],
  [2, 5 * MINUTE],
  [3, 30 * MINUTE],
  [4, 2 * HOUR],
  [5, 5 * HOUR],
  [6, 10 * HOUR],
  [7, 14 * HOUR],
  [8, 20 * HOUR],
  [9, 24 * HOUR],
  [10, null],
])('after attempt %i the next one is in %j ms', (attempts, retryMs) => {
  expect(afterFailure(refused, { ...failed, attempts }).retryMs).toBe(retryMs);
});

test.each([
  [1, null],
  [2, null],
  [3, 5 * SECOND],
  [4, 10 * SECOND],
  [9, 5 * MINUTE],
  [2_000, 5 * MINUTE],
])('after %i failures in a row the outlet pauses for %j ms', (failures, pauseMs) => {
  expect(afterFailure(refused, { ...failed, failures }).pauseMs).toBe(pauseMs);
});

test('what a receiver asks for counts, up to a day, and is not scaled', () => {
  const asked = (retryAfterMs: number) => afterFailure({ ...refused, retryAfterMs }, { ...failed, timeScale: 0.001 });
  expect(asked(HOUR)).toMatchObject({ retryMs: HOUR, pauseMs: HOUR });
  expect(asked(1_000 * HOUR)).toMatchObject({ retryMs: 24 * HOUR, pauseMs: 24 * HOUR });
  expect(asked(0)).toMatchObject({ retryMs: 5, pauseMs: null });
});

test.each([
  [72 * HOUR - 1, 1, null],
  [72 * HOUR, 1, 'failing'],
  [72 * SECOND, 0.000_277, 'failing'],
])('an outlet that fails for %i ms at the time scale %d is switched off: %j', (failingMs, timeScale, switchOff) => {
  expect(afterFailure(refused, { ...failed, failingMs, timeScale }).switchOff).toBe(switchOff);
});

test('a receiver that is gone is switched off at once', () => {
  expect(afterFailure({ error: 'gone' }, failed)).toEqual({ retryMs: null, pauseMs: null, switchOff: 'gone' });
});
