import { sql } from 'kysely';
import { REVIEW_REASONS } from '../../meeting/fields/review';
import type { RecordRef } from '../../meeting/linking/cascade';
import type { Db } from '../database';

interface Account {
  readonly workspaceId: string;
  readonly portalId: number;
}

/**
 * Moves what is known of values of a merged record to the record that it was merged into, which has the values now. Where
 * both have one, the newer meeting's counts, and HubSpot may have kept either of them: both count as ours.
 *
 * @param db - a transaction
 */
export async function moveFields(
  db: Db,
  { workspaceId, portalId }: Account,
  from: RecordRef,
  to: string,
): Promise<void> {
  const at = (record: string) => sql`mine.workspace_id = ${workspaceId} and mine.portal_id = ${portalId}
    and mine.object_type = ${from.objectType} and mine.record_id = ${record}`;
  const sameAt = sql`other.workspace_id = mine.workspace_id and other.portal_id = mine.portal_id
    and other.object_type = mine.object_type and other.record_id = ${to} and other.property = mine.property`;
  // Both records of a merge may be moved at the same time.
  await sql`select pg_advisory_xact_lock(hashtext(${`fields:${portalId}:${from.objectType}:${to}`}))`.execute(db);
  await sql`
    with doubled as (
      delete from field_writes as mine
      where ${at(from.id)} and exists (select from field_writes as other where ${sameAt})
      returning *
    )
    update field_writes as mine set
      meeting_id = case when doubled.started_at > mine.started_at then doubled.meeting_id else mine.meeting_id end,
      before = case when doubled.started_at > mine.started_at then mine.before else doubled.before end,
      started_at = greatest(doubled.started_at, mine.started_at),
      sending_digest = coalesce(doubled.written_digest, doubled.sending_digest, mine.sending_digest)
    from doubled
    where ${at(to)} and mine.property = doubled.property
  `.execute(db);
  await sql`
    delete from field_candidates as mine
    where ${at(from.id)} and exists (
      select from field_candidates as other where ${sameAt} and other.meeting_id = mine.meeting_id
    )
  `.execute(db);
  await sql`
    update field_reviews as mine set state = 'replaced', reason = ${REVIEW_REASONS.merged}, decided_at = clock_timestamp()
    where ${at(from.id)} and mine.state = 'open'
      and exists (select from field_reviews as other where ${sameAt} and other.state = 'open')
  `.execute(db);
  for (const table of ['field_writes', 'field_candidates', 'field_reviews'])
    // oxlint-disable-next-line no-await-in-loop -- one statement after the other
    await sql`update ${sql.table(table)} as mine set record_id = ${to} where ${at(from.id)}`.execute(db);
}
