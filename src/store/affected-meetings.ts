import { sql } from 'kysely';
import { recordKey, type RecordRef } from '../meeting/cascade';
import type { Db } from './database';

/**
 * Marks the meetings as due whose links name one of the records: their links follow at the next pass.
 *
 * @returns how many
 */
export async function requestSyncsOfLinked(db: Db, portalId: number, refs: readonly RecordRef[]): Promise<number> {
  if (refs.length === 0) return 0;
  const { numAffectedRows } = await sql`
    update meetings set sync_requested_at = now()
    where status <> 'deleted' and (workspace_id, meeting_id) in (
      select workspace_id, meeting_id from links
      where portal_id = ${portalId} and object_type || '/' || record_id = any (${refs.map(recordKey)})
    )
  `.execute(db);
  return Number(numAffectedRows ?? 0n);
}

/**
 * Marks the meetings as due in which somebody with one of these addresses or domains took part, and who is not linked
 * yet: a participant who became known in HubSpot.
 *
 * @param withinDays - only meetings accepted since (`lateMatchDays`)
 */
export async function requestSyncsOfParticipants(
  db: Db,
  { workspaceId, portalId }: { workspaceId: string; portalId: number },
  found: readonly {
    readonly record: RecordRef;
    readonly emails: readonly string[];
    readonly domains: readonly string[];
  }[],
  withinDays: number,
): Promise<number> {
  let requested = 0;
  for (const { record, emails, domains } of found) {
    if (emails.length + domains.length === 0) continue;
    // oxlint-disable-next-line no-await-in-loop -- a handful: most changes are about people who were in no meeting
    const { numAffectedRows } = await sql`
      update meetings set sync_requested_at = now()
      from meeting_participants as person
      where person.workspace_id = ${workspaceId} and (person.email = any (${emails}) or person.domain = any (${domains}))
        and meetings.workspace_id = person.workspace_id and meetings.meeting_id = person.meeting_id
        and meetings.status <> 'deleted' and meetings.accepted_at > now() - make_interval(days => ${withinDays}::int)
        and not exists (
          select from links where links.workspace_id = meetings.workspace_id and links.meeting_id = meetings.meeting_id
            and links.portal_id = ${portalId} and links.object_type = ${record.objectType} and links.record_id = ${record.id}
        )
    `.execute(db);
    requested += Number(numAffectedRows ?? 0n);
  }
  return requested;
}
