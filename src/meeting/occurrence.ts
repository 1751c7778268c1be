/**
 * The largest distance between two starts of one calendar event that still belong to the same occurrence. A series
 * shares its id, so only the start distinguishes its occurrences. But a recording begins when its recorder joins, some
 * minutes before or after the calendar's start, and two colleagues' recorders do not join at the same moment.
 * Occurrences of a series are never this close: calendars repeat daily at most, and even two occurrences that were
 * moved to one day do not overlap.
 */
export const SAME_OCCURRENCE_MS = 15 * 60_000;

/** Whether two starts of one calendar event belong to the same occurrence. */
export function isSameOccurrence(a: Date | string, b: Date | string): boolean {
  return startsApartMs(a, b) <= SAME_OCCURRENCE_MS;
}

/** The distance between two starts, in milliseconds. */
export function startsApartMs(a: Date | string, b: Date | string): number {
  return Math.abs(new Date(a).getTime() - new Date(b).getTime());
}
