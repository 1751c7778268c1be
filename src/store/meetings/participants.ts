import type { Db, DbPool } from '../database';
import type { MeetingKey } from './key';
import { requeue, theMeeting } from './requeue';

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

/**
 * Requests a pass that creates the contact of an external participant in HubSpot, regardless of the settings.
 *
 * @param email - lower case, as `matchableParticipants` returns it
 * @returns false when the meeting has no such participant
 */
export async function requestContact(db: DbPool, key: MeetingKey, email: string): Promise<boolean> {
  return await db.transaction().execute(async (transaction) => {
    // First, because a deletion locks the meeting before its participants, too.
    if ((await requeue(transaction, theMeeting(key), 'resync')) === 0) return false;
    const { numUpdatedRows } = await transaction
      .updateTable('meeting_participants')
      .set({ contact_requested: true })
      .where((where) => where.and({ ...columns(key), email }))
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  });
}

/** Clears requests that a pass has satisfied. Later ones stay. */
export async function clearContactRequests(db: Db, key: MeetingKey, emails: readonly string[]): Promise<void> {
  if (emails.length === 0) return;
  await db
    .updateTable('meeting_participants')
    .set({ contact_requested: false })
    .where((where) => where.and(columns(key)))
    .where('email', 'in', emails)
    .execute();
}

function columns({ workspaceId, meetingId }: MeetingKey) {
  return { workspace_id: workspaceId, meeting_id: meetingId };
}
