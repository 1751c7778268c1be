import { sql, type Selectable } from 'kysely';
import type { Link, RecordRef } from '../../meeting/linking/cascade';
import type { Db, DbPool } from '../database';
import { groupedBy, merged } from '../merged';
import { idInAccount, idOfRow, ofLink, ofMeetings, type AccountMeeting, type MeetingKey } from './key';
import { linksNotice } from '../notices/links-notice';
import type { Database } from '../schema';

/** A link. `refused` is HubSpot's message if it refused the association, otherwise null. */
export type StoredLink = Link & { readonly refused: string | null };

/** The records that a meeting is linked to in one HubSpot account, in the cascade's order. */
export async function listLinks(db: Db, key: MeetingKey, portalId: number): Promise<readonly StoredLink[]> {
  return await linksOfMeetings(db, { ...key, portalId });
}

const linksOfMeetings = merged(async (db, asked: readonly AccountMeeting[]) => {
  const rows = await db.selectFrom('links').selectAll().where(ofMeetings(asked)).orderBy('position').execute();
  const found = groupedBy(rows, idOfRow);
  return asked.map((meeting) => found(idInAccount(meeting)).map(storedLink));
});

/** Maps a row of `links`. */
export function storedLink(row: Selectable<Database['links']>): StoredLink {
  return {
    objectType: row.object_type,
    id: row.record_id,
    via: row.via,
    from:
      row.from_object_type === null || row.from_record_id === null
        ? null
        : { objectType: row.from_object_type, id: row.from_record_id },
    refused: row.refused,
  };
}

/** Replaces the meeting's links by those that the current pass has computed. */
export async function replaceLinks(
  db: Db,
  { workspaceId, meetingId }: MeetingKey,
  portalId: number,
  links: readonly Link[],
): Promise<void> {
  const columns = {
    object_type: links.map((link) => link.objectType),
    record_id: links.map((link) => link.id),
    via: links.map((link) => link.via),
    from_object_type: links.map((link) => link.from?.objectType ?? null),
    from_record_id: links.map((link) => link.from?.id ?? null),
  };
  // One array per column, so that thousands of links stay below PostgreSQL's limit of 65,535 parameters. One statement
  // that leaves unchanged rows alone, because most passes change none.
  await sql`
    with link as (
      select * from unnest(${columns.object_type}::text[], ${columns.record_id}::text[], ${columns.via}::text[], ${columns.from_object_type}::text[], ${columns.from_record_id}::text[])
        with ordinality as link (object_type, record_id, via, from_object_type, from_record_id, position)
    ), gone as (
      delete from links
      where workspace_id = ${workspaceId} and meeting_id = ${meetingId} and portal_id = ${portalId}
        and (object_type, record_id) not in (select object_type, record_id from link)
      returning object_type, record_id
    ), stored as (
      insert into links as known (workspace_id, meeting_id, portal_id, object_type, record_id, via, from_object_type, from_record_id, position)
      select ${workspaceId}, ${meetingId}, ${portalId}, object_type, record_id, via, from_object_type, from_record_id, position from link
      on conflict (workspace_id, meeting_id, portal_id, object_type, record_id) do update set
        via = excluded.via, from_object_type = excluded.from_object_type, from_record_id = excluded.from_record_id,
        position = excluded.position, refused = null
        where (known.via, known.from_object_type, known.from_record_id, known.position, known.refused)
          is distinct from (excluded.via, excluded.from_object_type, excluded.from_record_id, excluded.position, null::text)
      -- xmax is zero on a row that was inserted, not updated.
      returning object_type, record_id, position, xmax = 0 as inserted
    ), added as (
      select object_type, record_id from stored where inserted order by position
    )
    ${linksNotice({ workspaceId, meetingId }, portalId, { added: sql`added`, removed: sql`gone` })}
  `.execute(db);
}

/** Records why HubSpot refused to associate a record. */
export async function refuseLink(
  db: Db,
  key: MeetingKey,
  portalId: number,
  record: RecordRef,
  message: string,
): Promise<void> {
  await db
    .updateTable('links')
    .set({ refused: message })
    .where((where) => where.and(ofLink(key, portalId, record)))
    .execute();
}

/** Removes the link to a record that no longer exists. */
export async function dropLink(db: Db, key: MeetingKey, portalId: number, record: RecordRef): Promise<void> {
  await sql`
    with gone as (delete from links where ${isLink(key, portalId, record)} returning object_type, record_id)
    ${linksNotice(key, portalId, { added: NO_LINKS, removed: sql`gone` })}
  `.execute(db);
}

/** Moves the link of a merged record to its new id, without a duplicate. */
export async function renameLink(
  db: DbPool,
  key: MeetingKey,
  portalId: number,
  record: RecordRef,
  newId: string,
): Promise<void> {
  const meeting = { workspace_id: key.workspaceId, meeting_id: key.meetingId, portal_id: portalId };
  const renamed = { objectType: record.objectType, id: newId };
  await db.transaction().execute(async (transaction) => {
    const { numDeletedRows: linkedBefore } = await transaction
      .deleteFrom('links')
      .where((where) => where.and(ofLink(key, portalId, renamed)))
      .executeTakeFirst();
    await sql`
      with moved as (
        update links set record_id = ${newId} where ${isLink(key, portalId, record)} returning object_type, record_id
      ), gone as (
        select object_type, ${record.id}::text as record_id from moved
      )
      ${linksNotice(key, portalId, { added: linkedBefore > 0n ? NO_LINKS : sql`moved`, removed: sql`gone` })}
    `.execute(transaction);
    await transaction
      .updateTable('links')
      .set({ from_record_id: newId })
      .where((where) => where.and({ ...meeting, from_object_type: record.objectType, from_record_id: record.id }))
      .execute();
  });
}

const NO_LINKS = sql`(select '' as object_type, '' as record_id where false) as no_links`;

function isLink({ workspaceId, meetingId }: MeetingKey, portalId: number, { objectType, id }: RecordRef) {
  return sql`workspace_id = ${workspaceId} and meeting_id = ${meetingId} and portal_id = ${portalId}
    and object_type = ${objectType} and record_id = ${id}`;
}
