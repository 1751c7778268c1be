import { sql, type RawBuilder } from 'kysely';
import type { MeetingKey } from '../meetings/key';

/** A notice names at most this many records of each list; its counts have all. */
const NAMED_RECORDS = 200;

/**
 * The end of a statement that changes a meeting's links: writes the notice of the change, if there is one and an outlet
 * wants it.
 *
 * @param changed - the parts of the statement that return the `object_type` and `record_id` of links
 */
export function linksNotice(
  { workspaceId, meetingId }: MeetingKey,
  portalId: number,
  changed: { readonly added: RawBuilder<unknown>; readonly removed: RawBuilder<unknown> },
): RawBuilder<unknown> {
  return sql`
    select put_notice(${workspaceId}, 'meeting.links_changed', jsonb_build_object(
      'meetingId', ${meetingId}::text, 'portalId', ${portalId}::bigint,
      'added', ${named(changed.added)}, 'addedCount', (select count(*) from ${changed.added}),
      'removed', ${named(changed.removed)}, 'removedCount', (select count(*) from ${changed.removed})
    ))
    where (exists (select from ${changed.added}) or exists (select from ${changed.removed}))
      and wants_notice(${workspaceId}, 'meeting.links_changed')
  `;
}

function named(links: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`(
    select coalesce(jsonb_agg(jsonb_build_object('objectType', object_type, 'id', record_id)), '[]')
    from (select object_type, record_id from ${links} limit ${sql.lit(NAMED_RECORDS)}) as named
  )`;
}
