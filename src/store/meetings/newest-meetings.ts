import type { SyncStatus } from '../../meeting/status';
import type { Db } from '../database';

interface NewestMeeting {
  readonly meetingId: string;
  readonly title: string;
  readonly startedAt: Date;
  readonly status: SyncStatus;
}

/** The workspace's newest meetings with content, by time of acceptance. */
export async function newestMeetings(db: Db, workspaceId: string, limit: number): Promise<NewestMeeting[]> {
  const rows = await db
    .selectFrom('meetings')
    .select(['meeting_id', 'title', 'started_at', 'status'])
    .where('workspace_id', '=', workspaceId)
    .where('body', 'is not', null)
    .where('erasing', '=', false)
    .orderBy('accepted_at', 'desc')
    .orderBy('meeting_id', 'desc')
    .limit(limit)
    .execute();
  return rows.map(({ meeting_id: meetingId, title, started_at: startedAt, status }) => ({
    meetingId,
    title,
    startedAt,
    status,
  }));
}
