import { z } from 'zod';
import { postedStructure } from './posted-meeting';
import { readMeeting } from './read-meeting';

export { bounds } from './posted-meeting';
export type {
  MeetingSummary,
  Participant,
  ProcessedMeeting,
  SmartCategory,
  SmartCategoryItem,
} from './processed-meeting';

/**
 * A processed meeting as a pipeline hands it over (docs/reference.md, "A processed meeting"), read: the meeting, and warnings about what was
 * left out of it. Unknown fields are refused by name; `null` and empty texts in optional fields read as absent. The
 * meeting is trimmed and safe for jsonb: store that, not the body as it came.
 */
export const postedMeetingSchema = postedStructure.transform((posted, context) => {
  const read = readMeeting(posted);
  if ('meeting' in read) return read;
  for (const { path, message } of read.faults) context.addIssue({ code: 'custom', path: [...path], message });
  return z.NEVER;
});

/** The meeting alone. */
export const processedMeetingSchema = postedMeetingSchema.transform(({ meeting }) => meeting);

/** A processed meeting as a pipeline may send it. */
export type ProcessedMeetingInput = z.input<typeof postedMeetingSchema>;
