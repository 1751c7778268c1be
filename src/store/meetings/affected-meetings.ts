import { sql } from 'kysely';
import { recordKey, type RecordRef } from '../../meeting/linking/cascade';
import { MATCHED_BY } from '../../meeting/people/matching';
import type { Db } from '../database';
import type { MeetingKey } from './key';

/**
 * Requests a sync of every meeting that is linked to one of the records.
 *
 * @returns the number of meetings
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
 * Requests another pass when an event about a newly linked record arrived after the current pass began. The event was
 * processed before the link existed, and the change may have happened after the pass read HubSpot.
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

/** Requests another pass, because HubSpot has changed since the current pass read it. */
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
 * Requests a sync of every meeting whose activities are given.
 *
 * @returns the number of meetings
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
 * Requests a sync of every meeting with a participant who has become known in HubSpot: one with one of these addresses
 * or domains whose record is not linked to the meeting yet.
 *
 * @param withinDays - only meetings accepted within this many days (`lateMatchDays`)
 * @returns the number of meetings
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
  // One statement for thousands of records, because most records of an import took part in no meeting.
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
