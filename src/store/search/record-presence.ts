import { sql, type RawBuilder } from 'kysely';
import type { LinkVia, RecordRef } from '../../meeting/linking/cascade';
import type { SyncReason, SyncStatus } from '../../meeting/status';
import type { Db } from '../database';

/** A meeting that has to do with a record. */
export interface MeetingOfRecord {
  readonly meetingId: string;
  readonly title: string;
  readonly startedAt: Date;
  readonly status: SyncStatus;
  readonly reason: SyncReason | null;
}

/** A meeting that is linked to a record, and why. */
export interface LinkedMeeting extends MeetingOfRecord {
  readonly via: LinkVia;
  readonly from: RecordRef | null;
  /** HubSpot's message when it refused the association. */
  readonly refused: string | null;
}

interface OfWorkspace {
  readonly workspaceId: string;
  readonly portalId: number;
}

interface Row {
  readonly meeting_id: string;
  readonly title: string;
  readonly started_at: Date;
  readonly status: SyncStatus;
  readonly reason: SyncReason | null;
}

const COLUMNS = sql`meeting_id, title, started_at, status, reason`;

/** The newest meetings that are linked to a record. */
export async function meetingsOn(
  db: Db,
  { workspaceId, portalId }: OfWorkspace,
  record: RecordRef,
  limit: number,
): Promise<LinkedMeeting[]> {
  const { rows } = await sql<
    Row & { via: LinkVia; from_object_type: string | null; from_record_id: string | null; refused: string | null }
  >`
    select ${COLUMNS}, via, from_object_type, from_record_id, refused
    from links join meetings using (workspace_id, meeting_id)
    where workspace_id = ${workspaceId} and links.portal_id = ${portalId}
      and object_type = ${record.objectType} and record_id = ${record.id} and status <> 'deleted' and not erasing
    order by started_at desc, meeting_id desc
    limit ${limit}
  `.execute(db);
  return rows.map((row) => ({
    ...meetingOf(row),
    via: row.via,
    from:
      row.from_object_type === null || row.from_record_id === null
        ? null
        : { objectType: row.from_object_type, id: row.from_record_id },
    refused: row.refused,
  }));
}

/** How many meetings are linked to a record, without those whose association HubSpot refused. */
export async function countMeetingsOn(
  db: Db,
  { workspaceId, portalId }: OfWorkspace,
  record: RecordRef,
): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count
    from links join meetings using (workspace_id, meeting_id)
    where workspace_id = ${workspaceId} and links.portal_id = ${portalId} and refused is null
      and object_type = ${record.objectType} and record_id = ${record.id} and status <> 'deleted' and not erasing
  `.execute(db);
  return rows[0]?.count ?? 0;
}

/** The newest meetings from which a person unlinked a record. */
export async function meetingsUnlinkedFrom(
  db: Db,
  { workspaceId, portalId }: OfWorkspace,
  record: RecordRef,
  limit: number,
): Promise<MeetingOfRecord[]> {
  return await newest(
    db,
    workspaceId,
    sql`select meeting_id from manual_links
      where workspace_id = ${workspaceId} and portal_id = ${portalId} and object_type = ${record.objectType}
        and record_id = ${record.id} and choice = 'unlinked'`,
    limit,
  );
}

/** The newest meetings with an external participant who has one of these addresses or domains. */
export async function meetingsWith(
  db: Db,
  workspaceId: string,
  { emails, domains }: { readonly emails: readonly string[]; readonly domains: readonly string[] },
  limit: number,
): Promise<MeetingOfRecord[]> {
  if (emails.length + domains.length === 0) return [];
  return await newest(
    db,
    workspaceId,
    sql`select meeting_id from meeting_participants where workspace_id = ${workspaceId} and email = any(${emails}::text[])
      union
      select meeting_id from meeting_participants where workspace_id = ${workspaceId} and domain = any(${domains}::text[])`,
    limit,
  );
}

/** The newest meetings that are linked to one of these records. */
export async function meetingsOnAny(
  db: Db,
  { workspaceId, portalId }: OfWorkspace,
  records: readonly RecordRef[],
  limit: number,
): Promise<MeetingOfRecord[]> {
  if (records.length === 0) return [];
  return await newest(
    db,
    workspaceId,
    sql`select meeting_id from links
      where workspace_id = ${workspaceId} and portal_id = ${portalId} and refused is null
        and (object_type, record_id) in (
          select * from unnest(${records.map((ref) => ref.objectType)}::text[], ${records.map((ref) => ref.id)}::text[])
        )`,
    limit,
  );
}

async function newest(
  db: Db,
  workspaceId: string,
  ids: RawBuilder<unknown>,
  limit: number,
): Promise<MeetingOfRecord[]> {
  const { rows } = await sql<Row>`
    with found as materialized (${ids})
    select ${COLUMNS} from found join meetings using (meeting_id)
    where workspace_id = ${workspaceId} and status <> 'deleted' and not erasing
    order by started_at desc, meeting_id desc
    limit ${limit}
  `.execute(db);
  return rows.map(meetingOf);
}

function meetingOf(row: Row): MeetingOfRecord {
  const { meeting_id: meetingId, title, started_at: startedAt, status, reason } = row;
  return { meetingId, title, startedAt, status, reason };
}
