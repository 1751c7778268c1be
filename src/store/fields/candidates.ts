import { sql } from 'kysely';
import type { RecordRef } from '../../meeting/linking/cascade';
import type { FieldState } from '../../meeting/fields/field-status';
import type { Db, DbPool } from '../database';
import type { MeetingKey } from '../meetings/key';
import type { CandidateState } from './tables';

/** A meeting's value for a property of a linked record. */
export interface NewCandidate {
  readonly record: RecordRef;
  readonly property: string;
  readonly field: string;
  readonly value: string | null;
  readonly fits: string | null;
  readonly quote: string | null;
  readonly startSeconds: number | null;
  /** Why the value does not fit, or null. */
  readonly why: string | null;
}

/** A record whose values have to be written, and the number of the request. */
export type WantedRecord = RecordRef & { readonly wanted: number };

/**
 * Replaces a meeting's values. The values that it wrote to records which are no longer linked lose their meeting, so that
 * the value from before is put back.
 *
 * @param linked - the records that the meeting is linked to
 * @returns the records whose properties have to be compared with HubSpot
 */
export async function saveCandidates(
  db: DbPool,
  key: MeetingKey,
  portalId: number,
  {
    startedAt,
    linked,
    candidates,
  }: {
    readonly startedAt: string;
    readonly linked: readonly RecordRef[];
    readonly candidates: readonly NewCandidate[];
  },
): Promise<WantedRecord[]> {
  const rows = JSON.stringify(
    candidates.map(({ record, startSeconds, ...each }) => ({
      ...each,
      object_type: record.objectType,
      record_id: record.id,
      start_seconds: startSeconds,
      state: each.fits !== null ? 'pending' : each.why === null ? 'none' : 'refused',
    })),
  );
  return await db.transaction().execute(async (transaction) => {
    const dropped = await sql<{ object_type: string; record_id: string }>`
      delete from field_candidates
      where workspace_id = ${key.workspaceId} and meeting_id = ${key.meetingId} and portal_id = ${portalId}
        and (object_type, record_id, property) not in (
          select object_type, record_id, property from jsonb_to_recordset(${rows}::jsonb) as one (object_type text, record_id text, property text)
        )
      returning object_type, record_id
    `.execute(transaction);
    const withdrawn = await withdrawFrom(transaction, key, portalId, linked);
    await sql`
      insert into field_candidates as known
        (workspace_id, meeting_id, portal_id, object_type, record_id, property, field, started_at, value, fits, quote, start_seconds, state, reason)
      select ${key.workspaceId}, ${key.meetingId}, ${portalId}::bigint, object_type, record_id, property, field, ${startedAt}::timestamptz,
        value, fits, quote, start_seconds, state, why
      from jsonb_to_recordset(${rows}::jsonb) as one
        (object_type text, record_id text, property text, field text, value text, fits text, quote text, start_seconds float8, state text, why text)
      on conflict (workspace_id, meeting_id, portal_id, object_type, record_id, property) do update set
        field = excluded.field, started_at = excluded.started_at, value = excluded.value, fits = excluded.fits,
        quote = excluded.quote, start_seconds = excluded.start_seconds,
        state = case when known.fits = excluded.fits then known.state else excluded.state end,
        reason = case when known.fits = excluded.fits then known.reason else excluded.reason end
    `.execute(transaction);
    const records = [
      ...candidates.map(({ record }) => record),
      ...withdrawn,
      ...dropped.rows.map((row) => ({ objectType: row.object_type, id: row.record_id })),
    ];
    return await wantRecords(transaction, key.workspaceId, portalId, records);
  });
}

/** Removes all of a meeting's values, so that those which it wrote are put back. @returns the records that need it */
export async function withdrawCandidates(db: DbPool, key: MeetingKey, portalId: number): Promise<WantedRecord[]> {
  const candidates: NewCandidate[] = [];
  return await saveCandidates(db, key, portalId, { startedAt: new Date(0).toISOString(), linked: [], candidates });
}

/** Values that lost their meeting, and were not put back yet. */
export async function recordsToPutBack(db: Db, workspaceId: string, portalId: number): Promise<WantedRecord[]> {
  const rows = await db
    .selectFrom('field_writes')
    .select(['object_type', 'record_id'])
    .distinct()
    .where((where) => where.and({ workspace_id: workspaceId, portal_id: portalId }))
    .where('meeting_id', 'is', null)
    .execute();
  return await wantRecords(
    db,
    workspaceId,
    portalId,
    rows.map((row) => ({ objectType: row.object_type, id: row.record_id })),
  );
}

/** What a person accepted instead of the meeting's value. */
export const ACCEPTED_VALUE = sql<string | null>`(
  select review.value from field_reviews as review
  where review.workspace_id = field_candidates.workspace_id and review.portal_id = field_candidates.portal_id
    and review.object_type = field_candidates.object_type and review.record_id = field_candidates.record_id
    and review.property = field_candidates.property and review.meeting_id = field_candidates.meeting_id
    and review.proposed = field_candidates.fits and review.state = 'accepted' and review.applied_at is not null
  order by review.decided_at desc limit 1
)`.as('accepted_value');

/** A meeting without a pass since a mapping was removed still has the value of it. */
const IS_MAPPED = sql<boolean>`exists (
  select from jsonb_array_elements(workspaces.settings -> 'fieldMappings') as mapping
  where mapping ->> 'field' = field_candidates.field and mapping ->> 'objectType' = field_candidates.object_type
    and mapping ->> 'property' = field_candidates.property
)`;

/** The values of several meetings, for their status documents: those that the settings map now. */
export async function fieldStatesOf(
  db: Db,
  workspaceId: string,
  meetingIds: readonly string[],
): Promise<Map<string, FieldState[]>> {
  if (meetingIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('field_candidates')
    .innerJoin('meetings', (join) =>
      join
        .onRef('meetings.workspace_id', '=', 'field_candidates.workspace_id')
        .onRef('meetings.meeting_id', '=', 'field_candidates.meeting_id')
        .onRef('meetings.portal_id', '=', 'field_candidates.portal_id'),
    )
    .innerJoin('workspaces', 'workspaces.id', 'field_candidates.workspace_id')
    .selectAll('field_candidates')
    .select(ACCEPTED_VALUE)
    .where('field_candidates.workspace_id', '=', workspaceId)
    .where('field_candidates.meeting_id', 'in', meetingIds)
    .where(IS_MAPPED)
    .orderBy('field_candidates.object_type')
    .orderBy('field_candidates.record_id')
    .orderBy('field_candidates.property')
    .execute();
  const states = rows.flatMap((row): (FieldState & { readonly meetingId: string })[] => {
    const { state } = row;
    if (state === 'pending' || state === 'none') return [];
    const { field, object_type: objectType, record_id: id, property, before, reason } = row;
    const value = state === 'written' ? (row.accepted_value ?? row.value) : row.value;
    return [{ meetingId: row.meeting_id, field, objectType, id, property, state, value, before, reason }];
  });
  return new Map(
    [...Map.groupBy(states, ({ meetingId }) => meetingId)].map(([meetingId, some]) => [
      meetingId,
      some.map(({ meetingId: _meeting, ...state }) => state),
    ]),
  );
}

/** What was decided about a property: the state of the winning meeting's value. All others that fit are older. */
export interface DecidedProperty {
  readonly property: string;
  readonly winner: {
    readonly meetingId: string;
    readonly state: CandidateState;
    readonly reason: string | null;
    /** Undefined keeps what is known: a write commits it before it is sent. */
    readonly before?: string | null | undefined;
  } | null;
}

/** Records the decisions about a record's properties. */
export async function saveDecisions(
  db: Db,
  { workspaceId, portalId, record }: FieldRecord,
  decided: readonly DecidedProperty[],
): Promise<void> {
  if (decided.length === 0) return;
  const rows = JSON.stringify(
    decided.map(({ property, winner }) => ({
      property,
      meeting_id: winner?.meetingId ?? null,
      state: winner?.state ?? null,
      reason: winner?.reason ?? null,
      has_before: winner?.before !== undefined,
      before: winner?.before ?? null,
    })),
  );
  await sql`
    update field_candidates as known set
      state = case when known.meeting_id = one.meeting_id then one.state else 'older' end,
      reason = case when known.meeting_id = one.meeting_id then one.reason end,
      before = case when known.meeting_id = one.meeting_id and one.has_before then one.before else known.before end
    from jsonb_to_recordset(${rows}::jsonb) as one (property text, meeting_id text, state text, reason text, has_before boolean, before text)
    where known.workspace_id = ${workspaceId} and known.portal_id = ${portalId}
      and known.object_type = ${record.objectType} and known.record_id = ${record.id}
      and known.property = one.property and (known.fits is not null or known.meeting_id = one.meeting_id)
      -- A person may have refused the suggestion a moment ago.
      and not (one.state = 'review' and known.meeting_id = one.meeting_id and exists (
        select from field_reviews as review
        where review.workspace_id = known.workspace_id and review.portal_id = known.portal_id
          and review.object_type = known.object_type and review.record_id = known.record_id
          and review.property = known.property and review.meeting_id = known.meeting_id
          and review.proposed = known.fits and review.state = 'refused'
      ))
  `.execute(db);
}

/** Records why HubSpot refused values. They count as none until their meeting's next pass. */
export async function refuseCandidates(
  db: Db,
  { workspaceId, portalId, record }: FieldRecord,
  refused: readonly { readonly property: string; readonly meetingId: string; readonly why: string }[],
): Promise<void> {
  if (refused.length === 0) return;
  await sql`
    update field_candidates as known set fits = null, state = 'refused', reason = one.why, before = null
    from jsonb_to_recordset(${JSON.stringify(refused)}::jsonb) as one (property text, "meetingId" text, why text)
    where known.workspace_id = ${workspaceId} and known.portal_id = ${portalId}
      and known.object_type = ${record.objectType} and known.record_id = ${record.id}
      and known.property = one.property and known.meeting_id = one."meetingId" and known.state <> 'none'
  `.execute(db);
}

/** A record in a workspace's account. */
export interface FieldRecord {
  readonly workspaceId: string;
  readonly portalId: number;
  readonly record: RecordRef;
}

async function withdrawFrom(
  db: Db,
  { workspaceId, meetingId }: MeetingKey,
  portalId: number,
  linked: readonly RecordRef[],
): Promise<RecordRef[]> {
  const { rows } = await sql<{ object_type: string; record_id: string }>`
    update field_writes set meeting_id = null
    where workspace_id = ${workspaceId} and meeting_id = ${meetingId} and portal_id = ${portalId}
      and (object_type, record_id) not in (
        select * from unnest(${linked.map(({ objectType }) => objectType)}::text[], ${linked.map(({ id }) => id)}::text[])
      )
    returning object_type, record_id
  `.execute(db);
  return rows.map((row) => ({ objectType: row.object_type, id: row.record_id }));
}

/** Requests that the values of records are written. */
export async function wantRecords(
  db: Db,
  workspaceId: string,
  portalId: number,
  records: readonly RecordRef[],
): Promise<WantedRecord[]> {
  if (records.length === 0) return [];
  const { rows } = await sql<{ object_type: string; record_id: string; wanted: number }>`
    insert into field_records as known (workspace_id, portal_id, object_type, record_id, wanted)
    select distinct on (object_type, record_id) ${workspaceId}, ${portalId}::bigint, object_type, record_id, 1
    from unnest(${records.map(({ objectType }) => objectType)}::text[], ${records.map(({ id }) => id)}::text[]) as one (object_type, record_id)
    order by object_type, record_id
    on conflict (workspace_id, portal_id, object_type, record_id) do update set wanted = known.wanted + 1
    returning object_type, record_id, wanted
  `.execute(db);
  return rows.map((row) => ({ objectType: row.object_type, id: row.record_id, wanted: row.wanted }));
}

/** The meetings linked to a record whose passes are due or running: their values may not be known yet. */
export async function meetingsDue(
  db: Db,
  { workspaceId, portalId, record }: FieldRecord,
): Promise<{ readonly meetingId: string; readonly startedAt: number }[]> {
  const { rows } = await sql<{ meeting_id: string; started_at: Date }>`
    select meetings.meeting_id, meetings.started_at from links
    join meetings on meetings.workspace_id = links.workspace_id and meetings.meeting_id = links.meeting_id
    where links.workspace_id = ${workspaceId} and links.portal_id = ${portalId} and links.refused is null
      and links.object_type = ${record.objectType} and links.record_id = ${record.id}
      and meetings.body is not null and not meetings.erasing
      and (meetings.sync_requested_at is not null or meetings.status = 'syncing')
  `.execute(db);
  return rows.map((row) => ({ meetingId: row.meeting_id, startedAt: row.started_at.getTime() }));
}
