import type { FastifyRequest } from 'fastify';
import { isMeetingId } from '../meeting/meeting-id';

/** The API opens a workspace, the pages a session, and other routes neither. */
type Identified = Pick<FastifyRequest, 'params' | 'body'> & {
  readonly workspaceId?: string;
  readonly session?: { readonly workspaceId: string } | null;
};

/** Which workspace and meeting a request is about, for logs and traces: ids that are ids, and nothing else that was sent. */
export function requestIds(request: Identified): { workspaceId?: string; meetingId?: string } {
  const { workspaceId = '', session } = request;
  const workspace = workspaceId === '' ? session?.workspaceId : workspaceId;
  const meetingId = idIn(request.params) ?? idIn(request.body) ?? idIn(meetingIn(request.body));
  return {
    ...(workspace === undefined ? {} : { workspaceId: workspace }),
    ...(meetingId === undefined ? {} : { meetingId }),
  };
}

/** The meeting of a posted body, which its schema reads as the meeting with its warnings. */
function meetingIn(body: unknown): unknown {
  return typeof body === 'object' && body !== null && 'meeting' in body ? body.meeting : undefined;
}

function idIn(values: unknown): string | undefined {
  if (typeof values !== 'object' || values === null || !('meetingId' in values)) return undefined;
  return typeof values.meetingId === 'string' && isMeetingId(values.meetingId) ? values.meetingId : undefined;
}
