import { sql } from 'kysely';
import { inTransaction, type Db } from '../database';
import type { MeetingKey } from './key';
import { requeue, theMeeting, theMeetings } from './requeue';

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
export async function requestContact(db: Db, key: MeetingKey, email: string): Promise<boolean> {
  return await inTransaction(db, async (transaction) => {
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

/** The other meetings of these people follow as late matches, once the contacts exist. */
const MOST_MEETINGS = 500;

/**
 * Requests passes that create these contacts in HubSpot, for the newest meetings that were skipped because no one from
 * them is in HubSpot.
 *
 * @param emails - lower case
 * @returns the number of meetings
 */
export async function requestContacts(db: Db, workspaceId: string, emails: readonly string[]): Promise<number> {
  if (emails.length === 0) return 0;
  return await inTransaction(db, async (transaction) => {
    const rows = await transaction
      .selectFrom('meetings')
      .select('meeting_id')
      .where('workspace_id', '=', workspaceId)
      .where('status', '=', 'skipped')
      .where(sql`reason ->> 'code'`, '=', 'no_crm_match')
      .where((where) =>
        where.exists(
          where
            .selectFrom('meeting_participants as person')
            .select('person.email')
            .whereRef('person.workspace_id', '=', 'meetings.workspace_id')
            .whereRef('person.meeting_id', '=', 'meetings.meeting_id')
            .where('person.email', 'in', [...emails]),
        ),
      )
      .orderBy('accepted_at', 'desc')
      .limit(MOST_MEETINGS)
      .execute();
    const keys = rows.map((row) => ({ workspaceId, meetingId: row.meeting_id }));
    // First, because a deletion locks the meeting before its participants, too.
    const count = await requeue(transaction, theMeetings(keys), 'resync');
    if (count === 0) return 0;
    await transaction
      .updateTable('meeting_participants')
      .set({ contact_requested: true })
      .where('workspace_id', '=', workspaceId)
      .where('email', 'in', [...emails])
      .where(
        'meeting_id',
        'in',
        keys.map((key) => key.meetingId),
      )
      .execute();
    return count;
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
