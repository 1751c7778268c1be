import { sql } from 'kysely';
import { recordKey, type RecordRef } from '../meeting/cascade';
import { MATCHED_BY } from '../meeting/matching';
import type { Db } from './database';
import type { MeetingKey } from './meetings';

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
      where portal_id = ${portalId} and (object_type, record_id) in (
        select * from unnest(${refs.map((ref) => ref.objectType)}::text[], ${refs.map((ref) => ref.id)}::text[])
      )
    )
  `.execute(db);
  return Number(numAffectedRows ?? 0n);
}

/**
 * Marks a meeting as due once more when something came in about the records that it was just linked to since its pass
 * began: that was worked off before these links stood, and may have happened after HubSpot was read.
 */
export async function requestSyncIfChanged(
  db: Db,
  { workspaceId, meetingId }: MeetingKey,
  portalId: number,
  refs: readonly RecordRef[],
): Promise<void> {
  if (refs.length === 0) return;
  await sql`
    update meetings set sync_requested_at = now()
    where workspace_id = ${workspaceId} and meeting_id = ${meetingId} and status <> 'deleted' and exists (
      select from crm_events
      where portal_id = ${portalId} and received_at >= meetings.begun_at and records && ${refs.map(recordKey)}
        and (kind not in ('creation', 'propertyChange') or property_name in (${sql.join(Object.values(MATCHED_BY).flat())}))
    )
  `.execute(db);
}

/** Marks a meeting as due once more: what its pass read of HubSpot has changed since. */
export async function requestAnotherPass(db: Db, { workspaceId, meetingId }: MeetingKey): Promise<void> {
  await db
    .updateTable('meetings')
    .set({ sync_requested_at: sql<Date>`now()` })
    .where('workspace_id', '=', workspaceId)
    .where('meeting_id', '=', meetingId)
    .where('status', '<>', 'deleted')
    .execute();
}

/**
 * Marks the meetings as due whose activities these are.
 *
 * @returns how many
 */
export async function requestSyncsOfActivities(db: Db, portalId: number, refs: readonly RecordRef[]): Promise<number> {
  if (refs.length === 0) return 0;
  const { numAffectedRows } = await sql`
    update meetings set sync_requested_at = now()
    where status <> 'deleted' and (workspace_id, meeting_id) in (
      select workspace_id, meeting_id from engagements
      where portal_id = ${portalId} and (object_type, hubspot_id) in (
        select * from unnest(${refs.map((ref) => ref.objectType)}::text[], ${refs.map((ref) => ref.id)}::text[])
      )
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
  const values = found.flatMap(({ record, emails, domains }) => [
    ...emails.map((email) => ({ record, email, domain: null })),
    ...domains.map((domain) => ({ record, email: null, domain })),
  ]);
  if (values.length === 0) return 0;
  // One statement for thousands: most of an import's records are people who were in no meeting.
  const { numAffectedRows } = await sql`
    with found as (
      select * from unnest(
        ${values.map(({ record }) => record.objectType)}::text[], ${values.map(({ record }) => record.id)}::text[],
        ${values.map(({ email }) => email)}::text[], ${values.map(({ domain }) => domain)}::text[]
      ) as found (object_type, record_id, email, domain)
    ), awaited as (
      select meeting_id, object_type, record_id
      from found join meeting_participants as person on person.workspace_id = ${workspaceId} and person.email = found.email
      union
      select meeting_id, object_type, record_id
      from found join meeting_participants as person on person.workspace_id = ${workspaceId} and person.domain = found.domain
    )
    update meetings set sync_requested_at = now()
    where workspace_id = ${workspaceId} and status <> 'deleted'
      and accepted_at > now() - make_interval(days => ${withinDays}::int)
      and meeting_id in (
        select meeting_id from awaited
        where not exists (
          select from links
          where links.workspace_id = ${workspaceId} and links.meeting_id = awaited.meeting_id and links.portal_id = ${portalId}
            and links.object_type = awaited.object_type and links.record_id = awaited.record_id
        )
      )
  `.execute(db);
  return Number(numAffectedRows ?? 0n);
}
