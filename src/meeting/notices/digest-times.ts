import { DateTime } from 'luxon';

const EIGHT = { hour: 8, minute: 0, second: 0, millisecond: 0 } as const;

/**
 * Eight o'clock in a time zone, when daily digests go out: the last time that it was, and the next time that it will be. On a
 * day whose clocks change, too.
 *
 * @param timeZone - an unknown time zone counts as UTC
 */
export function digestTimes(now: Date, timeZone: string): { readonly latest: Date; readonly next: Date } {
  const known = DateTime.fromJSDate(now, { zone: timeZone });
  const here = known.isValid ? known : DateTime.fromJSDate(now, { zone: 'utc' });
  const today = here.set(EIGHT);
  const isPast = today <= here;
  const latest = isPast ? today : today.minus({ days: 1 });
  return { latest: latest.toJSDate(), next: latest.plus({ days: 1 }).toJSDate() };
}
