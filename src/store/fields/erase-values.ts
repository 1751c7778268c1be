import { sql } from 'kysely';
import { REVIEW_REASONS } from '../../meeting/fields/review';
import type { Db } from '../database';
import type { MeetingKey } from '../meetings/key';
import { IS_PENDING } from './reviews';

/** Deletes the content of a meeting's values. Their records stay known until the values are taken back from HubSpot. */
export async function emptyValuesOf(db: Db, { workspaceId, meetingId }: MeetingKey): Promise<void> {
  await db
    .updateTable('field_candidates')
    .set({ state: 'none', value: null, fits: null, quote: null, start_seconds: null, before: null, reason: null })
    .where((where) => where.and({ workspace_id: workspaceId, meeting_id: meetingId }))
    .execute();
}

/** Ends the pending suggestions of a deleted meeting. Nothing of its content stays. */
export async function endReviewsOfMeeting(db: Db, { workspaceId, meetingId }: MeetingKey): Promise<void> {
  const ofMeeting = sql<boolean>`known.workspace_id = ${workspaceId} and known.meeting_id = ${meetingId}`;
  await sql`
    update field_reviews as known set state = 'ended', reason = ${REVIEW_REASONS.deleted}, decided_at = clock_timestamp()
    where ${ofMeeting} and ${IS_PENDING}
  `.execute(db);
  await sql`delete from field_reviews as known where ${ofMeeting} and known.state <> 'ended'`.execute(db);
  await sql`
    update field_reviews as known set present = null, proposed = null, value = null, quote = null, start_seconds = null
    where ${ofMeeting}
  `.execute(db);
}

/** Deletes a meeting's values, which may name an erased person. The next pass stores those of its new content. */
export async function deleteValuesOf(db: Db, key: MeetingKey): Promise<void> {
  await deleteCandidatesOf(db, key);
  await db
    .deleteFrom('field_reviews')
    .where((where) => where.and({ workspace_id: key.workspaceId, meeting_id: key.meetingId }))
    .execute();
}

/** Deletes a meeting's values. What it wrote stays known. */
export async function deleteCandidatesOf(db: Db, { workspaceId, meetingId }: MeetingKey): Promise<void> {
  await db
    .deleteFrom('field_candidates')
    .where((where) => where.and({ workspace_id: workspaceId, meeting_id: meetingId }))
    .execute();
}

/** Deletes all values of erased contacts, in every workspace of the account. */
export async function deleteFieldsOf(db: Db, portalId: number, contactIds: readonly string[]): Promise<void> {
  if (contactIds.length === 0) return;
  for (const table of ['field_candidates', 'field_writes', 'field_reviews', 'field_records'] as const) {
    // oxlint-disable-next-line no-await-in-loop -- one transaction: one statement after the other
    await db
      .deleteFrom(table)
      .where((where) => where.and({ portal_id: portalId, object_type: 'contacts' }))
      .where('record_id', 'in', contactIds)
      .execute();
  }
}
