import { describe, expect, test } from '@jest/globals';
import { dueAt } from '../../../../src/meeting/tasks/due';

const due = (startedAt: string, days: number, timeZone = 'Europe/Madrid', dueDate?: string) =>
  dueAt({ dueDate }, { startedAt }, { timeZone, days });

describe('a task is due at 09:00 in the account’s time zone', () => {
  test.each<[string, string, string]>([
    ['on the due date', due('2026-11-03T10:00:00Z', 2, 'Europe/Madrid', '2026-11-20'), '2026-11-20T08:00:00.000Z'],
    ['in summer', due('2026-07-01T10:00:00Z', 2, 'Europe/Madrid', '2026-07-20'), '2026-07-20T07:00:00.000Z'],
    ['on a due date at the weekend', due('2026-11-03T10:00:00Z', 2, 'UTC', '2026-11-21'), '2026-11-21T09:00:00.000Z'],
    ['two working days later', due('2026-11-03T10:00:00Z', 2), '2026-11-05T08:00:00.000Z'],
    ['over a weekend', due('2026-11-05T10:00:00Z', 2), '2026-11-09T08:00:00.000Z'],
    ['from a Friday', due('2026-11-06T10:00:00Z', 1), '2026-11-09T08:00:00.000Z'],
    ['from a Saturday', due('2026-11-07T10:00:00Z', 1), '2026-11-09T08:00:00.000Z'],
    ['from a Sunday', due('2026-11-08T10:00:00Z', 2), '2026-11-10T08:00:00.000Z'],
    ['the same day', due('2026-11-03T10:00:00Z', 0), '2026-11-03T08:00:00.000Z'],
    ['on Monday, of a Sunday with no days', due('2026-11-08T10:00:00Z', 0), '2026-11-09T08:00:00.000Z'],
    ['weeks later', due('2026-11-03T10:00:00Z', 12), '2026-11-19T08:00:00.000Z'],
    ['over a change of clocks', due('2026-10-23T10:00:00Z', 1), '2026-10-26T08:00:00.000Z'],
    ['by the day there', due('2026-11-03T23:30:00Z', 1, 'Asia/Tokyo'), '2026-11-05T00:00:00.000Z'],
    ['by the day there, west', due('2026-11-03T02:00:00Z', 1, 'America/New_York'), '2026-11-03T14:00:00.000Z'],
    ['in UTC in an unknown time zone', due('2026-11-03T10:00:00Z', 2, 'Mars/Base'), '2026-11-05T09:00:00.000Z'],
  ])('%s', (_, at, expected) => {
    expect(at).toBe(expected);
  });
});
