import { sql } from 'kysely';
import { recordKey, type RecordRef } from '../../meeting/linking/cascade';
import { MATCHED_BY } from '../../meeting/people/matching';
import type { NamedRecord } from '../inbox/named-records';
import type { MeetingKey } from './key';
import type { MeetingCondition } from './requeue';

/** Meetings that are linked to one of the records. */
export function linkedTo(portalId: number, refs: readonly RecordRef[]): MeetingCondition {
  if (refs.length === 0) return null;
  return sql<boolean>`(workspace_id, meeting_id) in (
    select workspace_id, meeting_id from links
    where portal_id = ${portalId} and (object_type, record_id) in (${columnsOf(refs)})
  )`;
}

/** Meetings with one of these activities. */
export function withActivities(portalId: number, refs: readonly RecordRef[]): MeetingCondition {
  if (refs.length === 0) return null;
  return sql<boolean>`(workspace_id, meeting_id) in (
    select workspace_id, meeting_id from engagements
    where portal_id = ${portalId} and (object_type, hubspot_id) in (${columnsOf(refs)})
  )`;
}

/**
 * The meeting, if an event about one of its newly linked records arrived after the current pass began. The event was
 * processed before the link existed, and the change may have happened after the pass read HubSpot.
 */
export function changedDuringPass(
  { workspaceId, meetingId }: MeetingKey,
  portalId: number,
  refs: readonly RecordRef[],
): MeetingCondition {
  if (refs.length === 0) return null;
  return sql<boolean>`workspace_id = ${workspaceId} and meeting_id = ${meetingId} and exists (
    select from crm_events
    where portal_id = ${portalId} and received_at >= meetings.begun_at and records && ${refs.map(recordKey)}
      and (kind not in ('creation', 'propertyChange') or property_name in (${sql.join(Object.values(MATCHED_BY).flat())}))
  )`;
}

/**
 * Meetings with a participant who has become known in HubSpot: one with one of these addresses or domains whose record is
 * not linked to the meeting yet.
 *
 * @param withinDays - only meetings accepted within this many days (`lateMatchDays`)
 */
export function awaiting(
  { workspaceId, portalId }: { readonly workspaceId: string; readonly portalId: number },
  found: readonly NamedRecord[],
  withinDays: number,
): MeetingCondition {
  const values = found.flatMap(({ record, emails, domains }) => [
    ...emails.map((email) => ({ record, email, domain: null })),
    ...domains.map((domain) => ({ record, email: null, domain })),
  ]);
  if (values.length === 0) return null;
  // One statement for thousands of records, because most records of an import took part in no meeting.
  return sql<boolean>`workspace_id = ${workspaceId} and accepted_at > now() - make_interval(days => ${withinDays}::int)
    and meeting_id in (
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
      select meeting_id from awaited
      where not exists (
        select from links
        where links.workspace_id = ${workspaceId} and links.meeting_id = awaited.meeting_id and links.portal_id = ${portalId}
          and links.object_type = awaited.object_type and links.record_id = awaited.record_id
      )
    )`;
}

function columnsOf(refs: readonly RecordRef[]) {
  return sql`select * from unnest(${refs.map((ref) => ref.objectType)}::text[], ${refs.map((ref) => ref.id)}::text[])`;
}
