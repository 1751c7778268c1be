import type { Db } from '../database';

/** The workspace's newest meetings with content, by time of acceptance. */
export async function newestMeetings(
  db: Db,
  workspaceId: string,
  limit: number,
): Promise<{ readonly meetingId: string; readonly title: string; readonly startedAt: Date }[]> {
  const rows = await db
    .selectFrom('meetings')
    .select(['meeting_id', 'title', 'started_at'])
    .where('workspace_id', '=', workspaceId)
    .where('body', 'is not', null)
    .where('erasing', '=', false)
    .orderBy('accepted_at', 'desc')
    .orderBy('meeting_id', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => ({ meetingId: row.meeting_id, title: row.title, startedAt: row.started_at }));
}
