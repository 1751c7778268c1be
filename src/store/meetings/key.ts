import type { RecordRef } from '../../meeting/linking/cascade';

/** A meeting of a workspace. `meetingId` is the caller's own id. */
export interface MeetingKey {
  readonly workspaceId: string;
  readonly meetingId: string;
}

/** The columns that identify a record of a meeting in one HubSpot account, in `links` and `manual_links`. */
export function ofLink({ workspaceId, meetingId }: MeetingKey, portalId: number, record: RecordRef) {
  return {
    workspace_id: workspaceId,
    meeting_id: meetingId,
    portal_id: portalId,
    object_type: record.objectType,
    record_id: record.id,
  };
}
