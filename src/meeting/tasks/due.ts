import { DateTime } from 'luxon';
import type { NextStep, ProcessedMeeting } from '../intake/processed-meeting';

const HOUR = 9;
const SATURDAY = 6;

/**
 * When a task is due: at 09:00 in the account's time zone, on the step's due date, or else so many working days (Monday to
 * Friday) after the meeting's start. With 0 days it is the day of the meeting, or the Monday after a weekend.
 *
 * @param options - `timeZone`: an unknown one counts as UTC; `days`: the setting `taskDueDays`
 * @returns ISO 8601 in UTC
 */
export function dueAt(
  step: Pick<NextStep, 'dueDate'>,
  { startedAt }: Pick<ProcessedMeeting, 'startedAt'>,
  { timeZone, days }: { readonly timeZone: string; readonly days: number },
): string {
  const zone = DateTime.utc().setZone(timeZone).isValid ? timeZone : 'utc';
  const day =
    step.dueDate === undefined
      ? workingDaysAfter(DateTime.fromISO(startedAt, { zone }), days)
      : DateTime.fromISO(step.dueDate, { zone });
  return day.set({ hour: HOUR, minute: 0, second: 0, millisecond: 0 }).toUTC().toJSDate().toISOString();
}

function workingDaysAfter(start: DateTime, days: number): DateTime {
  let day = start;
  while (day.weekday >= SATURDAY) day = day.plus({ days: days === 0 ? 1 : -1 });
  // Whole weeks have five working days.
  day = day.plus({ weeks: Math.floor(days / 5) });
  for (let left = days % 5; left > 0; left -= 1) day = day.plus({ days: day.weekday === 5 ? 3 : 1 });
  return day;
}
