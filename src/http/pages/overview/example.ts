import { readFileSync } from 'node:fs';
import { exampleMeeting } from '../../../meeting/intake/example';
import { postedMeetingSchema } from '../../../meeting/intake/schema';
import { acceptMeeting } from '../../../store/meetings/meetings';
import type { HttpDependencies } from '../../dependencies';
import { EXAMPLE_MEETING } from '../../plumbing/page-files';

/** Accepts the example meeting as a pipeline's would be, and requests its sync. */
export async function postExample(
  { db, starter }: Pick<HttpDependencies, 'db' | 'starter'>,
  workspaceId: string,
): Promise<void> {
  const file: unknown = JSON.parse(readFileSync(EXAMPLE_MEETING, 'utf8'));
  const { meeting, warnings } = postedMeetingSchema.parse(exampleMeeting(file, new Date()));
  await acceptMeeting(db, { workspaceId, meeting, warnings });
  await starter.start(workspaceId, meeting.meetingId);
}
