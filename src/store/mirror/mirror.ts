import { sql, type Selectable } from 'kysely';
import type { RecordRef } from '../../meeting/linking/cascade';
import { merged } from '../merged';
import type { Db } from '../database';
import type { MeetingKey } from '../meetings/key';
import type { Database } from '../schema';

export type MirroredRecord = Selectable<Database['crm_records']>;

/** A record as read from HubSpot. */
export interface ReadRecord {
  readonly ref: RecordRef;
  /** Null when the record is archived or purged. */
  readonly properties: Readonly<Record<string, string | null>> | null;
  /** The id that it was merged into. */
  readonly mergedInto: string | null;
}

/**
 * Adds records of meetings to the mirror. New ones are read in the background, and so are deals that were only in the list
 * of open deals.
 */
export async function trackRecords(db: Db, portalId: number, refs: readonly RecordRef[]): Promise<void> {
  if (refs.length === 0) return;
  const deals = refs.filter(({ objectType }) => objectType === 'deals');
  await sql`
    with met as (
      update crm_records set listed_at = null, read_at = null
      where portal_id = ${portalId} and object_type = 'deals' and listed_at is not null
        and record_id = any (${deals.map(({ id }) => id)}::text[])
    )
    insert into crm_records (portal_id, object_type, record_id)
    select ${portalId}, object_type, record_id
    from unnest(${refs.map((ref) => ref.objectType)}::text[], ${refs.map((ref) => ref.id)}::text[]) as sighted (object_type, record_id)
    on conflict do nothing
  `.execute(db);
}

/** Records in the mirror that were never read from HubSpot. */
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

/** Every record of a portal that is mirrored because of a meeting, by type and id. */
export async function mirroredRecords(db: Db, portalId: number): Promise<MirroredRecord[]> {
  return await db
    .selectFrom('crm_records')
    .selectAll()
    .where('portal_id', '=', portalId)
    .where('merged_into', 'is', null)
    .where('listed_at', 'is', null)
    .orderBy('object_type')
    .orderBy('record_id')
    .execute();
}

/** @returns those of `refs` that are in the mirror */
export async function mirroredOf(db: Db, portalId: number, refs: readonly RecordRef[]): Promise<MirroredRecord[]> {
  if (refs.length === 0) return [];
  return await db.selectFrom('crm_records').selectAll().where('portal_id', '=', portalId).where(among(refs)).execute();
}

/** A record that the mirror shows as deleted or as merged into another one. */
export type GoneRecord = RecordRef & { readonly merged: boolean };

/** @returns those of `refs` that the mirror shows as deleted or merged. Some may have been restored since */
export async function deletedOrMergedAmong(
  db: Db,
  portalId: number,
  refs: readonly RecordRef[],
): Promise<GoneRecord[]> {
  return refs.length === 0 ? [] : await deletedOrMerged(db, { portalId, refs });
}

const deletedOrMerged = merged(
  async (db, asked: readonly { readonly portalId: number; readonly refs: readonly RecordRef[] }[]) => {
    const given = asked.flatMap(({ portalId, refs }) => refs.map((ref) => ({ portalId, ...ref })));
    const rows = await db
      .selectFrom('crm_records')
      .select(['portal_id', 'object_type', 'record_id', 'merged_into'])
      .where((where) => where.or([where('archived', '=', true), where('merged_into', 'is not', null)]))
      .where(
        sql<boolean>`(portal_id, object_type, record_id) in (
          select * from unnest(${given.map(({ portalId }) => portalId)}::bigint[],
            ${given.map(({ objectType }) => objectType)}::text[], ${given.map(({ id }) => id)}::text[])
        )`,
      )
      .execute();
    const found = new Map(rows.map((row) => [`${row.portal_id}/${row.object_type}/${row.record_id}`, row]));
    return asked.map(({ portalId, refs }) =>
      refs.flatMap(({ objectType, id }): GoneRecord[] => {
        const row = found.get(`${portalId}/${objectType}/${id}`);
        return row === undefined ? [] : [{ objectType, id, merged: row.merged_into !== null }];
      }),
    );
  },
);

/** {@link deletedOrMergedAmong} for one account. */
export function findDeletedOrMerged(db: Db, portalId: number): (refs: readonly RecordRef[]) => Promise<GoneRecord[]> {
  return (refs) => deletedOrMergedAmong(db, portalId, refs);
}

/** The record that the mirror shows a record to be merged into. Null if it shows none. */
export async function survivorOf(db: Db, portalId: number, { objectType, id }: RecordRef): Promise<string | null> {
  const row = await db
    .selectFrom('crm_records')
    .select('merged_into')
    .where((where) => where.and({ portal_id: portalId, object_type: objectType, record_id: id }))
    .executeTakeFirst();
  return row === undefined || row.merged_into === id ? null : row.merged_into;
}

/** Compares columns so that the index applies. A concatenated key would scan all records of the portal. */
function among(refs: readonly RecordRef[]) {
  return sql<boolean>`(object_type, record_id) in (
    select * from unnest(${refs.map((ref) => ref.objectType)}::text[], ${refs.map((ref) => ref.id)}::text[])
  )`;
}

/** The database's time for {@link saveRecords}: precise to the microsecond, and the same clock for all workers. */
export async function timeOfReading(db: Db): Promise<string> {
  const { rows } = await sql<{ now: string }>`select clock_timestamp()::text as now`.execute(db);
  return rows[0]?.now ?? '';
}

/** What a read changed in the mirror. */
export interface SavedRecords {
  /** The number of records that differed from the mirror. */
  readonly changed: number;
  /** Records that were deleted, merged or restored, so that links to them change. */
  readonly moved: readonly RecordRef[];
}

/**
 * Stores records that were read from HubSpot. Of two concurrent reads, the one that began later wins: the result of an
 * older read changes nothing.
 *
 * @param readFrom - when the read began ({@link timeOfReading})
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
          concat_ws(';', given.properties ->> 'email', given.properties ->> 'hs_additional_emails',
            given.properties ->> 'phone', given.properties ->> 'mobilephone'), ';'), '')
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

/** Deletes records from the mirror. */
export async function deleteMirroredRecords(db: Db, portalId: number, refs: readonly RecordRef[]): Promise<void> {
  if (refs.length === 0) return;
  await db.deleteFrom('crm_records').where('portal_id', '=', portalId).where(among(refs)).execute();
}

/** Stores the external participants, by which a contact or company created later in HubSpot finds its meetings. */
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
