import { readFileSync } from 'node:fs';
import { exampleMeeting } from '../../../meeting/intake/example';
import { postedMeetingSchema } from '../../../meeting/intake/schema';
import type { Session } from '../../../store/access/sessions';
import { audited } from '../../../store/audit/record-audit';
import { acceptMeeting } from '../../../store/meetings/meetings';
import type { HttpDependencies } from '../../dependencies';
import { meetingObject } from '../../acts/meeting-acts';
import { EXAMPLE_MEETING } from '../../plumbing/page-files';

/** Accepts the example meeting as a pipeline's would be, and requests its sync. */
export async function postExample(
  { db, starter }: Pick<HttpDependencies, 'db' | 'starter'>,
  { workspaceId, actor }: Session,
): Promise<void> {
  const file: unknown = JSON.parse(readFileSync(EXAMPLE_MEETING, 'utf8'));
  const { meeting, warnings } = postedMeetingSchema.parse(exampleMeeting(file, new Date()));
  const { meetingId } = meeting;
  await audited(
    db,
    actor,
    (transaction) => acceptMeeting(transaction, { workspaceId, meeting, warnings }),
    () => ({ workspaceId, action: 'meeting.example', object: meetingObject({ meetingId }) }),
  );
  await starter.start(workspaceId, meetingId);
}
