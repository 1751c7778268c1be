import type { Db } from '../database';

/** Whether any meeting had external participants. Otherwise, new contacts in HubSpot need not be read. */
export async function hasParticipants(db: Db, workspaceId: string): Promise<boolean> {
  const row = await db
    .selectFrom('meeting_participants')
    .select('email')
    .where('workspace_id', '=', workspaceId)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
