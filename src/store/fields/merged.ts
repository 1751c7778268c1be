import { sql } from 'kysely';
import type { RecordRef } from '../../meeting/linking/cascade';
import type { Db } from '../database';

interface Account {
  readonly workspaceId: string;
  readonly portalId: number;
}

/**
 * Moves what is known of values of a merged record to the record that it was merged into, which has the values now. Where
 * both have one, the newer meeting's counts, and HubSpot may have kept either of them: both count as ours.
 */
export async function moveFields(
  db: Db,
  { workspaceId, portalId }: Account,
  from: RecordRef,
  to: string,
): Promise<void> {
  const source = sql`workspace_id = ${workspaceId} and portal_id = ${portalId}
    and object_type = ${from.objectType} and record_id = ${from.id}`;
  await sql`
    with moved as (delete from field_writes where ${source} returning *)
    insert into field_writes as known
      (workspace_id, portal_id, object_type, record_id, property, meeting_id, started_at, before, written_digest, sending_digest, written_at, answer)
    select workspace_id, portal_id, object_type, ${to}, property, meeting_id, started_at, before, written_digest, sending_digest, written_at, answer
    from moved
    on conflict (workspace_id, portal_id, object_type, record_id, property) do update set
      meeting_id = case when excluded.started_at > known.started_at then excluded.meeting_id else known.meeting_id end,
      before = case when excluded.started_at > known.started_at then known.before else excluded.before end,
      started_at = greatest(excluded.started_at, known.started_at),
      sending_digest = coalesce(excluded.written_digest, excluded.sending_digest, known.sending_digest)
  `.execute(db);
  await sql`
    with moved as (delete from field_candidates where ${source} returning *)
    insert into field_candidates
      (workspace_id, meeting_id, portal_id, object_type, record_id, property, field, started_at, value, fits, quote, start_seconds, state, before, reason)
    select workspace_id, meeting_id, portal_id, object_type, ${to}, property, field, started_at, value, fits, quote, start_seconds, state, before, reason
    from moved
    on conflict do nothing
  `.execute(db);
  await sql`
    update field_reviews as moved set record_id = ${to},
      state = case when moved.state = 'open' and exists (
        select from field_reviews as other
        where other.workspace_id = moved.workspace_id and other.portal_id = moved.portal_id
          and other.object_type = moved.object_type and other.record_id = ${to} and other.property = moved.property
          and other.state = 'open'
      ) then 'replaced' else moved.state end
    where ${source}
  `.execute(db);
}
