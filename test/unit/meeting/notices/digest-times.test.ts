import fc from 'fast-check';
import { expect, test } from '@jest/globals';
import { digestTimes } from '../../../../src/meeting/notices/digest-times';

test.each([
  // An ordinary day, in winter and in summer.
  ['Europe/Madrid', '2026-11-06T06:59:59Z', '2026-11-05T07:00:00Z', '2026-11-06T07:00:00Z'],
  ['Europe/Madrid', '2026-11-06T07:00:00Z', '2026-11-06T07:00:00Z', '2026-11-07T07:00:00Z'],
  ['Europe/Madrid', '2026-07-01T12:00:00Z', '2026-07-01T06:00:00Z', '2026-07-02T06:00:00Z'],
  // Clocks go forward on 29 March and back on 25 October.
  ['Europe/Madrid', '2026-03-28T12:00:00Z', '2026-03-28T07:00:00Z', '2026-03-29T06:00:00Z'],
  ['Europe/Madrid', '2026-03-29T05:59:59Z', '2026-03-28T07:00:00Z', '2026-03-29T06:00:00Z'],
  ['Europe/Madrid', '2026-03-29T06:00:00Z', '2026-03-29T06:00:00Z', '2026-03-30T06:00:00Z'],
  ['Europe/Madrid', '2026-10-24T12:00:00Z', '2026-10-24T06:00:00Z', '2026-10-25T07:00:00Z'],
  ['Europe/Madrid', '2026-10-25T06:30:00Z', '2026-10-24T06:00:00Z', '2026-10-25T07:00:00Z'],
  // Far from UTC, on the other day of the calendar.
  ['Pacific/Auckland', '2026-07-01T19:59:59Z', '2026-06-30T20:00:00Z', '2026-07-01T20:00:00Z'],
  ['America/Los_Angeles', '2026-07-01T15:00:00Z', '2026-07-01T15:00:00Z', '2026-07-02T15:00:00Z'],
  ['Asia/Kolkata', '2026-07-01T02:30:00Z', '2026-07-01T02:30:00Z', '2026-07-02T02:30:00Z'],
  ['UTC', '2026-07-01T08:00:00Z', '2026-07-01T08:00:00Z', '2026-07-02T08:00:00Z'],
  ['Nowhere/Else', '2026-07-01T08:00:00Z', '2026-07-01T08:00:00Z', '2026-07-02T08:00:00Z'],
])('in %s at %s: %s, then %s', (timeZone, now, latest, next) => {
  expect(digestTimes(new Date(now), timeZone)).toEqual({ latest: new Date(latest), next: new Date(next) });
});

test('each day has one digest, at eight on its clocks', () => {
  const zones = fc.constantFrom('Europe/Madrid', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Tokyo', 'UTC');
  const moments = fc.date({
    min: new Date('2026-01-01T00:00:00Z'),
    max: new Date('2027-12-31T00:00:00Z'),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(zones, moments, (timeZone, now) => {
      const { latest, next } = digestTimes(now, timeZone);
      expect(latest <= now && now < next).toBe(true);
      const clock = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' });
      expect([clock.format(latest), clock.format(next)]).toEqual(['08:00', '08:00']);
      // The next one follows a day of 23 to 25 hours.
      expect(Math.abs((next.getTime() - latest.getTime()) / 3_600_000 - 24)).toBeLessThanOrEqual(1);
      expect(digestTimes(next, timeZone).latest).toEqual(next);
    }),
  );
});
