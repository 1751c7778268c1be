import { DateTime } from 'luxon';

/**
 * Returns the period of a calendar day in a time zone, from `begins` (inclusive) to `ends` (exclusive). Where clocks
 * change at midnight, a day may begin after 0:00, or have two midnights and begin at the first.
 *
 * @param timeZone - an unknown time zone counts as UTC
 * @param day - for example `2026-11-06`
 */
export function dayIn(timeZone: string, day: string): { readonly begins: Date; readonly ends: Date } {
  const zone = DateTime.fromISO(day, { zone: timeZone }).isValid ? timeZone : 'utc';
  const next = DateTime.fromISO(day, { zone: 'utc' }).plus({ days: 1 }).toISODate() ?? day;
  return { begins: firstMomentOf(day, zone), ends: firstMomentOf(next, zone) };
}

function firstMomentOf(day: string, zone: string): Date {
  const midnight = DateTime.fromISO(day, { zone });
  const before = midnight.minus({ hours: 1 });
  return (before.hasSame(midnight, 'day') ? before : midnight).toJSDate();
}
