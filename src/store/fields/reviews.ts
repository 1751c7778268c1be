import { sql, type Transaction } from 'kysely';
import type { FieldMapping } from '../../meeting/fields/mapping';
import { REVIEW_REASONS, type PendingReview } from '../../meeting/fields/review';
import type { Db, DbPool } from '../database';
import type { Database } from '../schema';
import type { FieldRecord } from './candidates';

/** A suggestion for a property. */
export interface NewSuggestion {
  readonly property: string;
  /** The property's name for people. */
  readonly label: string;
  readonly meetingId: string;
  readonly field: string;
  readonly present: string | null;
  readonly proposed: string;
  readonly quote: string | null;
  readonly startSeconds: number | null;
}

/** Whether a review waits: for a person, or to be written. */
export const IS_PENDING = sql<boolean>`(known.state = 'open' or (known.state = 'accepted' and known.applied_at is null))`;

/**
 * Changes the reviews of a record while no person decides about them, so that a decision is neither repeated nor
 * overwritten.
 */
export async function withReviewsLocked<Result>(
  db: DbPool,
  at: FieldRecord,
  work: (transaction: Transaction<Database>) => Promise<Result>,
): Promise<Result> {
  return await db.transaction().execute(async (transaction) => {
    await lockReviews(transaction, at);
    return await work(transaction);
  });
}

/** Locks the reviews of a record until the transaction ends. */
async function lockReviews(transaction: Transaction<Database>, at: FieldRecord): Promise<void> {
  await sql`select from field_records as known where ${ofRecord(at)} for update`.execute(transaction);
}

/** Opens suggestions. A new one replaces the older open one of its property; the same one stays. */
export async function suggestValues(
  transaction: Transaction<Database>,
  at: FieldRecord,
  suggestions: readonly NewSuggestion[],
): Promise<void> {
  if (suggestions.length === 0) return;
  const rows = JSON.stringify(
    suggestions.map(({ meetingId, startSeconds, ...each }) => ({
      ...each,
      meeting_id: meetingId,
      start_seconds: startSeconds,
    })),
  );
  const one = sql`jsonb_to_recordset(${rows}::jsonb) as one
    (property text, label text, meeting_id text, field text, present text, proposed text, quote text, start_seconds float8)`;
  await sql`
    update field_reviews as known set state = 'replaced', decided_at = clock_timestamp(),
      reason = case when known.meeting_id = one.meeting_id then ${REVIEW_REASONS.otherValue} else ${REVIEW_REASONS.newer} end
    from ${one}
    where ${ofRecord(at)} and known.state = 'open' and known.property = one.property
      and (known.meeting_id, known.proposed) is distinct from (one.meeting_id, one.proposed)
  `.execute(transaction);
  await sql`
    insert into field_reviews as known
      (workspace_id, portal_id, object_type, record_id, property, label, meeting_id, field, present, proposed, quote, start_seconds)
    select ${at.workspaceId}, ${at.portalId}::bigint, ${at.record.objectType}, ${at.record.id}, property, label, meeting_id, field, present,
      proposed, quote, start_seconds
    from ${one}
    where not exists (
      select from field_reviews as known
      where ${ofRecord(at)} and known.property = one.property and known.meeting_id = one.meeting_id
        and known.proposed = one.proposed and known.state in ('accepted', 'refused')
    )
    on conflict (workspace_id, portal_id, object_type, record_id, property) where state = 'open' do update set
      present = excluded.present, label = excluded.label
  `.execute(transaction);
}

/** Ends pending suggestions for reasons that people read. */
export async function endReviews(
  db: Db,
  at: FieldRecord,
  endings: readonly (Pick<PendingReview, 'property' | 'meetingId'> & { readonly reason: string })[],
): Promise<void> {
  if (endings.length === 0) return;
  await sql`
    update field_reviews as known set state = 'ended', reason = one.reason, decided_at = clock_timestamp()
    from jsonb_to_recordset(${JSON.stringify(endings)}::jsonb) as one (property text, "meetingId" text, reason text)
    where ${ofRecord(at)} and ${IS_PENDING} and known.property = one.property and known.meeting_id = one."meetingId"
  `.execute(db);
}

/** Lets a person decide again about an accepted suggestion. It ends instead if its property has an open one by now. */
export async function reopenReviews(
  transaction: Transaction<Database>,
  at: FieldRecord,
  reopened: readonly {
    readonly property: string;
    readonly meetingId: string;
    readonly proposed: string | null;
    readonly present: string | null;
  }[],
): Promise<void> {
  if (reopened.length === 0) return;
  const hasOpen = sql<boolean>`exists (
    select from field_reviews as known where ${ofRecord(at)} and known.state = 'open' and known.property = one.property
  )`;
  await sql`
    update field_reviews as known set
      state = case when ${hasOpen} then 'ended' else 'open' end, reason = ${REVIEW_REASONS.changed}, present = one.present,
      value = null, decided_by = null, decided_at = case when ${hasOpen} then clock_timestamp() end
    from jsonb_to_recordset(${JSON.stringify(reopened)}::jsonb) as one (property text, "meetingId" text, proposed text, present text)
    where ${ofRecord(at)} and known.state = 'accepted' and known.applied_at is null
      and known.property = one.property and known.meeting_id = one."meetingId" and known.proposed = one.proposed
  `.execute(transaction);
}

/** Records that accepted values were written. */
export async function applyReviews(
  db: Db,
  at: FieldRecord,
  written: readonly { readonly property: string; readonly meetingId: string }[],
): Promise<void> {
  if (written.length === 0) return;
  await sql`
    update field_reviews as known set applied_at = clock_timestamp()
    from unnest(${written.map(({ property }) => property)}::text[], ${written.map(({ meetingId }) => meetingId)}::text[]) as one (property, meeting_id)
    where ${ofRecord(at)} and known.state = 'accepted' and known.applied_at is null
      and known.property = one.property and known.meeting_id = one.meeting_id
  `.execute(db);
}

/** Ends the pending suggestions that the settings no longer ask for, and says so on their meetings. */
export async function endUnmappedReviews(
  db: Db,
  workspaceId: string,
  mappings: readonly FieldMapping[],
): Promise<void> {
  const mapped = sql`jsonb_to_recordset(${JSON.stringify(mappings)}::jsonb) as mapped
    (field text, "objectType" text, property text, policy text)
    where mapped."objectType" = known.object_type and mapped.property = known.property and mapped.field = known.field`;
  await sql`
    with ended as (
      update field_reviews as known set state = 'ended', decided_at = clock_timestamp(),
        reason = case when exists (select from ${mapped}) then ${REVIEW_REASONS.unreviewed} else ${REVIEW_REASONS.unmapped} end
      where known.workspace_id = ${workspaceId} and ${IS_PENDING}
        and not exists (select from ${mapped} and mapped.policy = 'review')
      returning known.*
    )
    update field_candidates as known set state = 'refused', reason = ended.reason
    from ended
    where known.workspace_id = ${workspaceId} and known.meeting_id = ended.meeting_id and known.portal_id = ended.portal_id
      and known.object_type = ended.object_type and known.record_id = ended.record_id and known.property = ended.property
      and known.state = 'review'
  `.execute(db);
}

/** Ends the pending suggestions for records of accounts other than the connected one. */
export async function endReviewsOfOtherAccounts(db: Db, workspaceId: string, portalId: number): Promise<void> {
  await sql`
    update field_reviews as known set state = 'ended', reason = ${REVIEW_REASONS.otherAccount}, decided_at = clock_timestamp()
    where known.workspace_id = ${workspaceId} and known.portal_id <> ${portalId} and ${IS_PENDING}
  `.execute(db);
}

function ofRecord({ workspaceId, portalId, record }: FieldRecord) {
  return sql<boolean>`known.workspace_id = ${workspaceId} and known.portal_id = ${portalId}
    and known.object_type = ${record.objectType} and known.record_id = ${record.id}`;
}
