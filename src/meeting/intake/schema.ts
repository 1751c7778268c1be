import { z } from 'zod';
import { postedStructure } from './posted-meeting';
import { readMeeting } from './read-meeting';

export { bounds } from './posted-meeting';
export type { MeetingSummary, Participant, ProcessedMeeting, SmartCategoryItem } from './processed-meeting';

/**
 * Parses a processed meeting as a pipeline posts it (docs/reference.md, "A processed meeting") into the meeting and
 * warnings about what was excluded. It rejects unknown fields by name. `null` and empty texts in optional fields read
 * as absent. The meeting is trimmed and safe for jsonb: store it instead of the original body.
 */
export const postedMeetingSchema = postedStructure.transform((posted, context) => {
  const read = readMeeting(posted);
  if ('meeting' in read) return read;
  for (const { path, message } of read.errors) context.addIssue({ code: 'custom', path: [...path], message });
  return z.NEVER;
});

/** Parses only the meeting, without warnings. */
export const processedMeetingSchema = postedMeetingSchema.transform(({ meeting }) => meeting);

/** A processed meeting as a pipeline may post it. */
export type ProcessedMeetingInput = z.input<typeof postedMeetingSchema>;
