import { isMeetingId } from '../../meeting/meeting-id';
import type { StatusDocument } from '../../meeting/status';
import { statusDocument } from '../../store/meetings/status-documents';
import type { HttpDependencies } from '../dependencies';
import { ProblemError } from '../plumbing/problems';

/** The status document of a meeting. @throws {@link ProblemError} `meeting-not-found`, 404 */
export async function statusOf(
  { db, temporalUi }: Pick<HttpDependencies, 'db' | 'temporalUi'>,
  workspaceId: string,
  meetingId: string,
): Promise<StatusDocument> {
  const document = isMeetingId(meetingId) ? await statusDocument(db, workspaceId, meetingId, temporalUi) : null;
  if (document === null) throw noSuchMeeting(meetingId);
  return document;
}

/** The problem of a meeting that the workspace does not have. */
export function noSuchMeeting(meetingId: string): ProblemError {
  return new ProblemError('meeting-not-found', `This workspace has no meeting "${meetingId}".`);
}
