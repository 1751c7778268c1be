import { sql, type Selectable } from 'kysely';
import type { RecordRef } from '../meeting/cascade';
import type { Db } from './database';
import type { MeetingKey } from './meetings';
import type { Database } from './schema';

export type MirroredRecord = Selectable<Database['crm_records']>;

/** A record as HubSpot has it now. */
export interface ReadRecord {
  readonly ref: RecordRef;
  /** Null: archived or purged. */
  readonly properties: Readonly<Record<string, string | null>> | null;
  /** The id that it was merged into. */
  readonly mergedInto: string | null;
}

/** Notes which records meetings touch; those not known yet are read in the background. */
export async function sightRecords(db: Db, portalId: number, refs: readonly RecordRef[]): Promise<void> {
  if (refs.length === 0) return;
  await sql`
    insert into crm_records (portal_id, object_type, record_id)
    select ${portalId}, object_type, record_id
    from unnest(${refs.map((ref) => ref.objectType)}::text[], ${refs.map((ref) => ref.id)}::text[]) as sighted (object_type, record_id)
    on conflict do nothing
  `.execute(db);
}

/** Records that meetings touch and that were never read. */
export async function unreadRecords(db: Db, portalId: number, limit: number): Promise<RecordRef[]> {
  const rows = await db
    .selectFrom('crm_records')
    .select(['object_type', 'record_id'])
    .where('portal_id', '=', portalId)
    .where('read_at', 'is', null)
    .limit(limit)
    .execute();
  return rows.map((row) => ({ objectType: row.object_type, id: row.record_id }));
}

/** Every mirrored record of a portal, by type and id. */
export async function mirroredRecords(db: Db, portalId: number): Promise<MirroredRecord[]> {
  return await db
    .selectFrom('crm_records')
    .selectAll()
    .where('portal_id', '=', portalId)
    .where('merged_into', 'is', null)
    .orderBy('object_type')
    .orderBy('record_id')
    .execute();
}

/** Those of `refs` that are mirrored. */
export async function mirroredOf(db: Db, portalId: number, refs: readonly RecordRef[]): Promise<MirroredRecord[]> {
  if (refs.length === 0) return [];
  return await db.selectFrom('crm_records').selectAll().where('portal_id', '=', portalId).where(among(refs)).execute();
}

/** A record that was deleted, or merged into another one, as far as the mirror knows. */
export type GoneRecord = RecordRef & { readonly merged: boolean };

/** Those of `refs` that were deleted or merged away, as far as the mirror knows: restored ones may be among them. */
export async function goneAmong(db: Db, portalId: number, refs: readonly RecordRef[]): Promise<GoneRecord[]> {
  if (refs.length === 0) return [];
  const rows = await db
    .selectFrom('crm_records')
    .select(['object_type', 'record_id', 'merged_into'])
    .where('portal_id', '=', portalId)
    .where((where) => where.or([where('archived', '=', true), where('merged_into', 'is not', null)]))
    .where(among(refs))
    .execute();
  return rows.map((row) => ({ objectType: row.object_type, id: row.record_id, merged: row.merged_into !== null }));
}

/** {@link goneAmong} of one account. */
export function goneIn(db: Db, portalId: number): (refs: readonly RecordRef[]) => Promise<GoneRecord[]> {
  return (refs) => goneAmong(db, portalId, refs);
}

/** By the index: the concatenated key would have every record of the portal compared. */
function among(refs: readonly RecordRef[]) {
  return sql<boolean>`(object_type, record_id) in (
    select * from unnest(${refs.map((ref) => ref.objectType)}::text[], ${refs.map((ref) => ref.id)}::text[])
  )`;
}

/** The database's time, for {@link saveRecords}: to the microsecond, and the same for every worker. */
export async function timeOfReading(db: Db): Promise<string> {
  const { rows } = await sql<{ now: string }>`select clock_timestamp()::text as now`.execute(db);
  return rows[0]?.now ?? '';
}

/** What reading made new. */
export interface SavedRecords {
  /** How many differ from what the mirror had. */
  readonly changed: number;
  /** Those that are gone or merged away, or back: links to them are not what they were. */
  readonly moved: readonly RecordRef[];
}

/**
 * Stores records as they were read. Of two readers at the same time the one that began later has what is true: an older
 * reading that comes late changes nothing.
 *
 * @param readFrom - when the reading began ({@link timeOfReading})
 */
export async function saveRecords(
  db: Db,
  portalId: number,
  records: readonly ReadRecord[],
  readFrom: string,
): Promise<SavedRecords> {
  if (records.length === 0) return { changed: 0, moved: [] };
  const { rows } = await sql<{ object_type: string; record_id: string; changed: boolean; moved: boolean }>`
    with given as (
      select * from unnest(
        ${records.map(({ ref }) => ref.objectType)}::text[],
        ${records.map(({ ref }) => ref.id)}::text[],
        ${records.map(({ properties }) => (properties === null ? null : JSON.stringify(properties)))}::jsonb[],
        ${records.map(({ mergedInto }) => mergedInto)}::text[]
      ) as given (object_type, record_id, properties, merged_into)
    )
    update crm_records as record
    set properties = given.properties,
      addresses = case
        when given.properties is null or record.object_type <> 'contacts' then record.addresses
        else array_remove(string_to_array(
          concat_ws(';', given.properties ->> 'email', given.properties ->> 'hs_additional_emails'), ';'), '')
      end,
      archived = given.properties is null, merged_into = given.merged_into, read_at = ${readFrom}::timestamptz
    from given, crm_records as before
    where record.portal_id = ${portalId} and record.object_type = given.object_type and record.record_id = given.record_id
      and (record.read_at is null or record.read_at <= ${readFrom}::timestamptz)
      and before.portal_id = record.portal_id and before.object_type = record.object_type and before.record_id = record.record_id
    returning record.object_type, record.record_id,
      before.read_at is not null and (before.properties is distinct from given.properties or before.merged_into is distinct from given.merged_into) as changed,
      before.archived <> (given.properties is null) or before.merged_into is distinct from given.merged_into as moved
  `.execute(db);
  return {
    changed: rows.filter((row) => row.changed).length,
    moved: rows.filter((row) => row.moved).map((row) => ({ objectType: row.object_type, id: row.record_id })),
  };
}

/** Takes a person out of the mirror. */
export async function forgetRecords(db: Db, portalId: number, refs: readonly RecordRef[]): Promise<void> {
  if (refs.length === 0) return;
  await db.deleteFrom('crm_records').where('portal_id', '=', portalId).where(among(refs)).execute();
}

/** Keeps who took part from outside: a contact or company that comes to HubSpot later finds its meetings by this. */
export async function saveParticipants(
  db: Db,
  { workspaceId, meetingId }: MeetingKey,
  people: readonly { readonly email: string; readonly domain: string | null }[],
): Promise<void> {
  await sql`
    with given as (
      select email, domain from unnest(${people.map((person) => person.email)}::text[], ${people.map((person) => person.domain)}::text[]) as given (email, domain)
    ), gone as (
      delete from meeting_participants
      where workspace_id = ${workspaceId} and meeting_id = ${meetingId} and email not in (select email from given)
    )
    insert into meeting_participants (workspace_id, meeting_id, email, domain)
    select ${workspaceId}, ${meetingId}, email, domain from given
    -- Skips a meeting that was deleted after its content was read.
    where exists (select from meetings where workspace_id = ${workspaceId} and meeting_id = ${meetingId} and body is not null)
    on conflict do nothing
  `.execute(db);
}
