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
    -- A reason may quote the value that did not fit.
    update field_reviews as known set present = null, proposed = null, value = null, quote = null, start_seconds = null,
      reason = ${REVIEW_REASONS.deleted}
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

/**
 * Deletes what HubSpot had in properties, as status documents and reviews show it. What can be put back stays in
 * `field_writes`.
 */
export async function forgetPastValues(db: Db, portals: readonly number[]): Promise<void> {
  await db.updateTable('field_candidates').set({ before: null }).where('portal_id', 'in', portals).execute();
  await db.updateTable('field_reviews').set({ present: null }).where('portal_id', 'in', portals).execute();
}

/** Masks an erased person in what a meeting suggested earlier, and in what HubSpot had in its properties. */
export async function eraseFromPastValues(
  db: Db,
  { workspaceId, meetingId }: MeetingKey,
  mask: (text: string) => string,
): Promise<void> {
  const ofMeeting = { workspace_id: workspaceId, meeting_id: meetingId };
  const masked = (text: string | null) => (text === null ? null : mask(text));
  const reviews = await db
    .selectFrom('field_reviews')
    .select(['id', 'present', 'proposed', 'value', 'quote', 'reason'])
    .where((where) => where.and(ofMeeting))
    .execute();
  for (const { id, ...texts } of reviews) {
    const erased = {
      present: masked(texts.present),
      proposed: masked(texts.proposed),
      value: masked(texts.value),
      quote: masked(texts.quote),
      reason: masked(texts.reason),
    };
    // oxlint-disable-next-line no-await-in-loop -- one transaction: one statement after the other
    await db.updateTable('field_reviews').set(erased).where('id', '=', id).execute();
  }
  const befores = await db
    .selectFrom('field_candidates')
    .select('before')
    .distinct()
    .where((where) => where.and(ofMeeting))
    .where('before', 'is not', null)
    .execute();
  for (const { before } of befores) {
    // oxlint-disable-next-line no-await-in-loop -- as above
    await db
      .updateTable('field_candidates')
      .set({ before: masked(before) })
      .where((where) => where.and({ ...ofMeeting, before }))
      .execute();
  }
}

/** Masks an erased person in the values that are put back when their meetings are deleted. */
export async function eraseFromWrites(
  db: Db,
  workspaceId: string,
  { needles, mask }: { readonly needles: readonly string[]; readonly mask: (text: string) => string },
): Promise<void> {
  const { rows } = await sql<{ before: string }>`
    select distinct before from field_writes
    where workspace_id = ${workspaceId}
      and exists (select from unnest(${needles}::text[]) as needle where strpos(lower(normalize(before)), needle) > 0)
  `.execute(db);
  for (const { before } of rows) {
    // oxlint-disable-next-line no-await-in-loop -- seldom any
    await db
      .updateTable('field_writes')
      .set({ before: mask(before) })
      .where((where) => where.and({ workspace_id: workspaceId, before }))
      .execute();
  }
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
