import { expect, test } from '@jest/globals';
import { dayIn } from '../../src/meeting/calendar-day';

test.each([
  ['UTC', '2026-11-06', '2026-11-06T00:00Z', '2026-11-07T00:00Z'],
  ['Asia/Kolkata', '2026-11-06', '2026-11-05T18:30Z', '2026-11-06T18:30Z'],
  // 23 and 25 hours.
  ['Europe/Madrid', '2026-03-29', '2026-03-28T23:00Z', '2026-03-29T22:00Z'],
  ['Europe/Madrid', '2026-10-25', '2026-10-24T22:00Z', '2026-10-25T23:00Z'],
  // Clocks go from 24:00 to 1:00: the day begins at 1:00, and the next one does not.
  ['Asia/Beirut', '2026-03-28', '2026-03-27T22:00Z', '2026-03-28T22:00Z'],
  ['Asia/Beirut', '2026-03-29', '2026-03-28T22:00Z', '2026-03-29T21:00Z'],
  // Clocks go back from 1:00 to 0:00: the day begins with the first of its midnights.
  ['America/Havana', '2026-11-01', '2026-11-01T04:00Z', '2026-11-02T05:00Z'],
  ['Atlantic/Azores', '2026-10-25', '2026-10-25T00:00Z', '2026-10-26T01:00Z'],
  // A day that never was.
  ['Pacific/Apia', '2011-12-30', '2011-12-30T10:00Z', '2011-12-30T10:00Z'],
  ['Not/AZone', '2026-11-06', '2026-11-06T00:00Z', '2026-11-07T00:00Z'],
])('In %s, the day %s is from %s to %s', (timeZone, day, begins, ends) => {
  expect(dayIn(timeZone, day)).toEqual({ begins: new Date(begins), ends: new Date(ends) });
});
