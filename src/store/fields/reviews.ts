import { sql } from 'kysely';
import type { Db } from '../database';
import type { FieldRecord } from './candidates';

/** A suggestion for a property. */
export interface NewSuggestion {
  readonly property: string;
  readonly meetingId: string;
  readonly field: string;
  readonly present: string | null;
  readonly proposed: string;
  readonly quote: string | null;
  readonly startSeconds: number | null;
}

/** Opens suggestions. A new one replaces the older open one of its property; the same one stays. */
export async function suggestValues(db: Db, at: FieldRecord, suggestions: readonly NewSuggestion[]): Promise<void> {
  if (suggestions.length === 0) return;
  const rows = JSON.stringify(
    suggestions.map(({ meetingId, startSeconds, ...each }) => ({
      ...each,
      meeting_id: meetingId,
      start_seconds: startSeconds,
    })),
  );
  await sql`
    with one as (
      select * from jsonb_to_recordset(${rows}::jsonb) as one
        (property text, meeting_id text, field text, present text, proposed text, quote text, start_seconds float8)
    )
    update field_reviews as known set state = 'replaced', decided_at = clock_timestamp()
    from one
    where ${ofRecord(at)} and known.state = 'open' and known.property = one.property
      and (known.meeting_id, known.proposed) is distinct from (one.meeting_id, one.proposed)
  `.execute(db);
  await sql`
    insert into field_reviews as known
      (workspace_id, portal_id, object_type, record_id, property, meeting_id, field, present, proposed, quote, start_seconds)
    select ${at.workspaceId}, ${at.portalId}::bigint, ${at.record.objectType}, ${at.record.id}, property, meeting_id, field, present, proposed,
      quote, start_seconds
    from jsonb_to_recordset(${rows}::jsonb) as one
      (property text, meeting_id text, field text, present text, proposed text, quote text, start_seconds float8)
    on conflict (workspace_id, portal_id, object_type, record_id, property) where state = 'open' do update set present = excluded.present
  `.execute(db);
}

/** Closes the open suggestions of properties for which none is due any more. */
export async function withdrawSuggestions(db: Db, at: FieldRecord, properties: readonly string[]): Promise<void> {
  if (properties.length === 0) return;
  await sql`
    update field_reviews as known set state = 'replaced', decided_at = clock_timestamp()
    where ${ofRecord(at)} and state = 'open' and property = any (${properties})
  `.execute(db);
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

function ofRecord({ workspaceId, portalId, record }: FieldRecord) {
  return sql<boolean>`known.workspace_id = ${workspaceId} and known.portal_id = ${portalId}
    and known.object_type = ${record.objectType} and known.record_id = ${record.id}`;
}
