import { z } from 'zod';

/** An id of its own, so that it never collides with a pipeline's meeting. Posting it again updates it. */
export const EXAMPLE_MEETING_ID = 'example-meeting';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const example = z.looseObject({
  title: z.string(),
  startedAt: z.string(),
  endedAt: z.string(),
  summary: z.looseObject({ nextSteps: z.array(z.looseObject({ dueDate: z.string().optional() })) }),
});

/**
 * The example of the repository as a meeting that ended an hour ago, marked as an example in its title. Due dates keep
 * their distance from the meeting.
 *
 * @param file - the content of `examples/meeting.json`
 */
export function exampleMeeting(file: unknown, now: Date) {
  const { summary, ...meeting } = example.parse(file);
  const ended = Date.parse(meeting.endedAt);
  const shift = now.getTime() - HOUR_MS - ended;
  const days = Math.round(shift / DAY_MS);
  return {
    ...meeting,
    meetingId: EXAMPLE_MEETING_ID,
    title: `Example: ${meeting.title}`,
    startedAt: new Date(Date.parse(meeting.startedAt) + shift).toISOString(),
    endedAt: new Date(ended + shift).toISOString(),
    summary: {
      ...summary,
      nextSteps: summary.nextSteps.map(({ dueDate, ...step }) => ({
        ...step,
        ...(dueDate === undefined
          ? {}
          : { dueDate: new Date(Date.parse(dueDate) + days * DAY_MS).toISOString().slice(0, 10) }),
      })),
    },
  };
}
