import type { MeetingTexts } from '../../meeting/notices/payload';
import type { Db } from '../database';

/** The texts of meetings by their id, as they are now. A meeting whose content was deleted has none. */
export async function meetingTexts(
  db: Db,
  workspaceId: string,
  meetingIds: readonly string[],
): Promise<ReadonlyMap<string, MeetingTexts>> {
  if (meetingIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('meetings')
    .select(['meeting_id', 'title', 'reason'])
    .where('workspace_id', '=', workspaceId)
    .where('meeting_id', 'in', meetingIds)
    .where('body', 'is not', null)
    .execute();
  return new Map(rows.map(({ meeting_id, title, reason }) => [meeting_id, { title, reason }]));
}
