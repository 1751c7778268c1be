import type { Db } from '../database';

/** What a page shows as a meeting's heading. `title` is empty after the meeting was deleted. */
export interface MeetingHeading {
  readonly title: string;
  readonly startedAt: Date;
  /** The HubSpot account that its links are in; null before the first sync. */
  readonly portalId: number | null;
}

/** The headings of meetings of a workspace, by meeting id. */
export async function findMeetingHeadings(
  db: Db,
  workspaceId: string,
  meetingIds: readonly string[],
): Promise<Map<string, MeetingHeading>> {
  if (meetingIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('meetings')
    .select(['meeting_id', 'title', 'started_at', 'portal_id'])
    .where('workspace_id', '=', workspaceId)
    .where('meeting_id', 'in', [...meetingIds])
    .execute();
  return new Map(
    rows.map((row) => [row.meeting_id, { title: row.title, startedAt: row.started_at, portalId: row.portal_id }]),
  );
}
