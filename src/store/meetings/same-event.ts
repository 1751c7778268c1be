import { sql } from 'kysely';
import { SAME_OCCURRENCE_MS } from '../../meeting/occurrence';
import type { Db } from '../database';
import type { MeetingKey } from './key';
import type { MeetingCondition } from './requeue';

/** Whether this row of `meetings` is another recording of the same calendar event as `own`, and not deleted. */
function isSameEvent(other: 'other' | 'meetings') {
  const of = sql.table(other);
  return sql<boolean>`
    ${of}.workspace_id = own.workspace_id and ${of}.event_key = own.event_key and ${of}.meeting_id <> own.meeting_id
    and ${of}.status <> 'deleted'
    and ${of}.started_at between own.started_at - ${SAME_OCCURRENCE_MS / 1000}::int * interval '1 second'
      and own.started_at + ${SAME_OCCURRENCE_MS / 1000}::int * interval '1 second'`;
}

/** A recording skipped for one of these reasons gives way to the next one: no person decided against the event itself. */
const GIVES_WAY = ['meeting_excluded', 'private', 'no_crm_match', 'internal_only', 'cancelled'];

function isOwn({ workspaceId, meetingId }: MeetingKey) {
  return sql<boolean>`own.workspace_id = ${workspaceId} and own.meeting_id = ${meetingId}`;
}

/** The ids of the other recordings of the meetings' calendar events by meeting id, in order of acceptance. */
export async function sameEvents(
  db: Db,
  workspaceId: string,
  meetingIds: readonly string[],
): Promise<Map<string, string[]>> {
  if (meetingIds.length === 0) return new Map();
  const { rows } = await sql<{ own: string; other: string }>`
    select own.meeting_id as own, other.meeting_id as other from meetings own join meetings other on ${isSameEvent('other')}
    where own.workspace_id = ${workspaceId} and own.meeting_id = any (${meetingIds}) and own.event_key is not null
    order by other.accepted_at, other.meeting_id
  `.execute(db);
  const others = Map.groupBy(rows, (row) => row.own);
  return new Map([...others].map(([own, some]) => [own, some.map((row) => row.other)]));
}

/** Whether the meeting has a summary in HubSpot, or had one that a person deleted. */
function hasSummary(meeting: 'own' | 'other') {
  return sql<boolean>`exists (
    select from engagements where kind = 'summary' and engagements.workspace_id = ${sql.ref(meeting)}.workspace_id
      and engagements.meeting_id = ${sql.ref(meeting)}.meeting_id and engagements.portal_id = ${sql.ref(meeting)}.portal_id
  )`;
}

/**
 * Whether an earlier recording of the same calendar event takes precedence, so that `oneRecordingPerMeeting` writes that
 * one. A recording that is being deleted, or that is skipped for its own reasons, takes no precedence. While the outcome
 * of the earlier one is unknown, this one waits. Activities of this one stay until the earlier one is written, so that
 * reconciliations do not remove and recreate them.
 */
export async function isRecordedTwice(db: Db, key: MeetingKey): Promise<boolean> {
  const { rows } = await sql`
    select from meetings own join meetings other on ${isSameEvent('other')}
    where ${isOwn(key)} and (other.accepted_at, other.meeting_id) < (own.accepted_at, own.meeting_id)
      and not other.erasing
      and (${hasSummary('other')} or (
        not ${hasSummary('own')}
        and not (other.status = 'skipped' and coalesce(other.reason ->> 'code', '') = any (${GIVES_WAY}))
      ))
    limit 1
  `.execute(db);
  return rows.length > 0;
}

/** The recordings that gave way to this one. They are due when it is deleted or not written after all. */
export function recordingsThatGaveWay(key: MeetingKey): MeetingCondition {
  return sql<boolean>`
    exists (select from meetings own where ${isOwn(key)} and ${isSameEvent('meetings')})
    and meetings.status = 'skipped' and meetings.reason ->> 'code' = 'recorded_twice'`;
}

/** Later recordings that are written. They are due when this one is written, because it was accepted earlier. */
export function laterRecordings(key: MeetingKey): MeetingCondition {
  return sql<boolean>`
    exists (
      select from meetings own
      where ${isOwn(key)} and ${isSameEvent('meetings')}
        and (meetings.accepted_at, meetings.meeting_id) > (own.accepted_at, own.meeting_id)
    )
    and meetings.status = 'synced'`;
}
