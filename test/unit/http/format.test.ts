import { expect, test } from '@jest/globals';
import { formatMoment, formatTime, formatWhen, withLocalTimes } from '../../../src/http/pages/layout/format';

const now = new Date('2026-11-30T12:00:00Z');

test.each([
  ['2026-11-30T12:00:30Z', 'just now'],
  ['2026-11-30T11:59:30Z', 'just now'],
  ['2026-11-30T11:58:00Z', '2 min ago'],
  ['2026-11-30T11:00:01Z', '59 min ago'],
  ['2026-11-30T10:00:00Z', '2 h ago'],
  ['2026-11-29T12:00:01Z', '23 h ago'],
  ['2026-11-29T12:00:00Z', 'Sun 29 Nov, 13:00'],
  ['2026-12-01T23:30:00Z', 'Wed 2 Dec, 00:30'],
  ['2025-11-18T14:30:00Z', 'Tue 18 Nov 2025, 15:30'],
])('%s is shown as “%s”', (iso, text) => {
  expect(formatWhen(iso, 'Europe/Madrid', now)).toBe(text);
});

test('a moment has the day of the account’s time zone, and an unknown zone counts as UTC', () => {
  expect(formatMoment('2026-11-18T23:30:00Z', 'Europe/Madrid', now)).toBe('Thu 19 Nov, 00:30');
  expect(formatMoment('2026-11-18T23:30:00Z', 'Mars/Base', now)).toBe('Wed 18 Nov, 23:30');
});

test('an exact time names its zone', () => {
  expect(formatTime('2026-11-18T14:30:00Z', 'Europe/Madrid')).toBe('18 Nov 2026, 15:30 (Europe/Madrid)');
});

test('times in stored sentences are shown as the account has them', () => {
  const sentence = 'The next try is at 2026-11-30 23:01 UTC. A rule of 2026-99-99 10:00 UTC stays.';
  expect(withLocalTimes(sentence, 'Europe/Madrid', now)).toBe(
    'The next try is at Tue 1 Dec, 00:01. A rule of 2026-99-99 10:00 UTC stays.',
  );
});
