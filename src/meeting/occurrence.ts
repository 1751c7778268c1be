/**
 * How far two starts of one calendar event may lie apart and still be the same occurrence. A series shares its id, so
 * the start tells its occurrences apart; but a recording begins when its recorder joins, some minutes before or after
 * the calendar's start, and two colleagues' recorders do not join at once. Occurrences of a series are never so near:
 * calendars repeat daily at the most often, and even two that were moved to one day do not overlap.
 */
export const SAME_OCCURRENCE_MS = 15 * 60_000;

/** Whether two starts of one calendar event are of the same occurrence. */
export function isSameOccurrence(a: Date | string, b: Date | string): boolean {
  return startsApartMs(a, b) <= SAME_OCCURRENCE_MS;
}

/** Milliseconds between two starts. */
export function startsApartMs(a: Date | string, b: Date | string): number {
  return Math.abs(new Date(a).getTime() - new Date(b).getTime());
}
