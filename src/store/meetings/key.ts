import { sql } from 'kysely';
import type { RecordRef } from '../../meeting/linking/cascade';

/** A meeting of a workspace. `meetingId` is the caller's own id. */
export interface MeetingKey {
  readonly workspaceId: string;
  readonly meetingId: string;
}

/** A meeting as one text, to group rows by. */
export function idOf({ workspaceId, meetingId }: MeetingKey): string {
  return JSON.stringify([workspaceId, meetingId]);
}

/** A meeting in one HubSpot account. */
export interface AccountMeeting extends MeetingKey {
  readonly portalId: number;
}

/** A meeting in one account as one text, to group rows by. */
export function idInAccount({ workspaceId, meetingId, portalId }: AccountMeeting): string {
  return JSON.stringify([workspaceId, meetingId, portalId]);
}

/** {@link idInAccount} of a row. */
export function idOfRow(row: { workspace_id: string; meeting_id: string; portal_id: number }): string {
  return JSON.stringify([row.workspace_id, row.meeting_id, row.portal_id]);
}

/** Rows of some meetings, each in its account. */
export function ofMeetings(meetings: readonly AccountMeeting[]) {
  return sql<boolean>`(workspace_id, meeting_id, portal_id) in (
    select * from unnest(${meetings.map(({ workspaceId }) => workspaceId)}::text[],
      ${meetings.map(({ meetingId }) => meetingId)}::text[], ${meetings.map(({ portalId }) => portalId)}::bigint[])
  )`;
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
