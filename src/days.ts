import { DateTime } from 'luxon';

/**
 * A calendar day as the stretch of time that it is in a time zone: from `begins` up to, not including, `ends`. Where
 * clocks change at midnight, a day begins later than at 0:00, or has two of them and begins with the first.
 *
 * @param day - `2026-11-06`
 * @param timeZone - UTC is taken for one that this machine does not know
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
