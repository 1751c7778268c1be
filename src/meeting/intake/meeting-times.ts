import { z } from 'zod';
import { isPlausibleYear } from './given-values';

/** A meeting's start and end as stored: ISO 8601 with an offset from UTC. */
export type MeetingTimes = { readonly startedAt: string; readonly endedAt: string };

/** The times with warnings about them, or the reason why they are rejected. */
export type ReadTimes =
  | { readonly field: 'startedAt' | 'endedAt'; readonly error: string }
  | { readonly times: MeetingTimes; readonly startWarning: string | null; readonly endWarning: string | null };

type Instant = { readonly local: string; readonly offset: string | null };

const FORM =
  /^(\d{4})-?(\d{2})-?(\d{2})[T ]\s*(\d{2}):?(\d{2})(?::?(\d{2})(?:[.,](\d{1,64}))?)?\s*(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?(?:\[[\w/+-]+\])?$/i;

const ABSURD_YEAR = 'must be in the years 1970 to 2100';

/** The format of a start. */
export const DATE_TIME = 'a date and time with its offset from UTC such as 2026-11-03T10:00:00+01:00';

/**
 * Reads when a meeting took place. It accepts other spellings of a time with its offset (a blank for the `T`, `+0100`,
 * iCalendar's `20261103T090000Z`). A time without an offset gets that of the other time, with a warning. When neither
 * has one, the start is ambiguous by up to a day and rejected. An end that is missing, unreadable or before the start
 * is replaced by the start. An impossible year rejects the meeting.
 */
export function readTimes(startedAt: string, endedAt: string | undefined): ReadTimes {
  const start = instantIn(startedAt);
  const end = endedAt === undefined ? null : instantIn(endedAt);
  if (start === null) return { field: 'startedAt', error: `must be ${DATE_TIME}` };
  const startOffset = start.offset ?? end?.offset ?? null;
  if (startOffset === null) return { field: 'startedAt', error: `must be ${DATE_TIME}` };
  if (!isPlausibleYear(start.local)) return { field: 'startedAt', error: ABSURD_YEAR };
  if (end !== null && !isPlausibleYear(end.local)) return { field: 'endedAt', error: ABSURD_YEAR };
  const started = isExact(startedAt) ? startedAt : `${start.local}${startOffset}`;
  const startWarning = start.offset === null ? 'This time has no offset from UTC: that of endedAt is taken.' : null;
  const asStart = (endWarning: string): ReadTimes => ({
    times: { startedAt: started, endedAt: started },
    startWarning,
    endWarning,
  });

  if (endedAt === undefined) return asStart('The end is missing: the start is taken for it.');
  if (end === null) return asStart(`This is not ${DATE_TIME}: the start is taken for it.`);
  const ended = isExact(endedAt) ? endedAt : `${end.local}${end.offset ?? startOffset}`;
  if (Date.parse(ended) < Date.parse(started))
    return asStart('The end is before the start: the start is taken for it.');
  const endWarning = end.offset === null ? 'This time has no offset from UTC: that of startedAt is taken.' : null;
  return { times: { startedAt: started, endedAt: ended }, startWarning, endWarning };
}

function isExact(text: string): boolean {
  return z.iso.datetime({ offset: true }).safeParse(text).success;
}

function instantIn(text: string): Instant | null {
  const [, year, month, day, hour, minute, second = '00', fraction, zone] = FORM.exec(text) ?? [];
  if (year === undefined) return null;
  const local = `${year}-${month}-${day}T${hour}:${minute}:${second}${fraction === undefined ? '' : `.${fraction}`}`;
  const offset = zone === undefined ? null : offsetOf(zone);
  return isExact(`${local}${offset ?? 'Z'}`) ? { local, offset } : null;
}

function offsetOf(zone: string): string {
  if (!/^[+-]/.test(zone)) return 'Z';
  const digits = zone.replaceAll(':', '').padEnd(5, '0');
  return `${digits.slice(0, 3)}:${digits.slice(3)}`;
}
