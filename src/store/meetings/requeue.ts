import { sql, type UpdateObject } from 'kysely';
import { UNDER_WAY, type ReasonCode, type SyncStatus } from '../../meeting/status';
import type { Db } from '../database';
import type { Database } from '../schema';
import { inBulk, UNCLAIMED } from './bulk-claims';
import type { MeetingKey } from './key';

/** A condition on rows of `meetings`. Null selects no meeting. */
export type MeetingCondition = ReturnType<typeof sql<boolean>> | null;

/** Why a pass is requested. It decides what the pass does apart from comparing the meeting with HubSpot. */
export type RequeueReason =
  | 'hubspot_changed'
  | 'late_match'
  | 'other_recording'
  | 'reconciliation'
  | 'run_lost'
  | 'backup_restored'
  /** A person, or the end of the cause, continues what needs attention or waits. */
  | 'retry'
  /** A person requests a pass that writes both activities again. */
  | 'resync'
  /** As `resync`. The pass also replaces what people changed in HubSpot. */
  | 'overwrite'
  /** The content changed. What people wrote in HubSpot may name the person: the pass replaces it this once. */
  | 'person_erased';

type Columns = UpdateObject<Database, 'meetings'>;

/**
 * The outbox's entry: a pass by the meeting's own workflow is due. Statements that must request it together with another
 * change spread it.
 */
export const PASS = {
  sync_requested_at: sql<Date>`now()`,
  sync_in_bulk: false,
  sync_in_background: false,
} satisfies Columns;
/** No person waits for it. An earlier request that is pending keeps its priority. */
const BACKGROUND_PASS = {
  ...PASS,
  sync_in_background: sql<boolean>`sync_requested_at is null or sync_in_background`,
} satisfies Columns;
/** A running sync keeps its status; any other becomes `accepted` again. */
const RUN = {
  ...PASS,
  status: sql<SyncStatus>`case when status = 'syncing' then status else 'accepted' end`,
  reason: null,
} satisfies Columns;
/** Rewrite requests are counted, not flagged, so that one that arrives during a pass is not lost when the pass ends. */
const REWRITE = { rewrites_wanted: sql<number>`rewrites_wanted + 1` } satisfies Columns;
/** Only the pass that satisfies this request replaces what people changed in HubSpot. */
const OVERWRITE = { ...REWRITE, overwrite_wanted: sql<number>`rewrites_wanted + 1` } satisfies Columns;
/** A person is waiting, so the sync no longer has the low priority of a backfill. */
const RESYNC = { ...RUN, ...REWRITE, background: false } satisfies Columns;

/** What each reason sets. */
export const REQUESTS = {
  hubspot_changed: PASS,
  late_match: PASS,
  other_recording: PASS,
  reconciliation: BACKGROUND_PASS,
  run_lost: PASS,
  backup_restored: BACKGROUND_PASS,
  retry: {
    ...RUN,
    // Only a rewrite creates an activity again that a person deleted in HubSpot.
    rewrites_wanted: sql<number>`rewrites_wanted + (coalesce(reason ->> 'code', '') = 'deleted_in_hubspot')::int`,
  },
  resync: RESYNC,
  overwrite: { ...RESYNC, ...OVERWRITE },
  person_erased: { ...PASS, ...OVERWRITE },
} satisfies Record<RequeueReason, Columns>;

/** More meetings than this at once are passed in bulk, without a workflow for each. */
const OWN_WORKFLOWS = 10;

/**
 * Requests a pass of every selected meeting that was not deleted. The server hands it to Temporal: many meetings to bulk
 * passes, few to a workflow each.
 *
 * @param where - from a function that returns a {@link MeetingCondition}
 * @returns the number of meetings
 */
export async function requeue(db: Db, where: MeetingCondition, reason: RequeueReason): Promise<number> {
  if (where === null) return 0;
  const many = sql<boolean>`(
    select count(*) > ${OWN_WORKFLOWS}::int from (
      select from meetings where status <> 'deleted' and (${where}) limit ${OWN_WORKFLOWS + 1}
    ) as enough
  )`;
  const { numUpdatedRows } = await db
    .updateTable('meetings')
    .set({ ...REQUESTS[reason], sync_in_bulk: inBulk(many) })
    .where('status', '<>', 'deleted')
    .where(sql<boolean>`(${where})`)
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

/** One meeting. */
export function theMeeting({ workspaceId, meetingId }: MeetingKey): MeetingCondition {
  return sql<boolean>`meetings.workspace_id = ${workspaceId} and meetings.meeting_id = ${meetingId}`;
}

/** Several meetings. Unknown ones are ignored. */
export function theMeetings(keys: readonly MeetingKey[]): MeetingCondition {
  if (keys.length === 0) return null;
  return sql<boolean>`(meetings.workspace_id, meetings.meeting_id) in (
    select * from unnest(${keys.map((key) => key.workspaceId)}::text[], ${keys.map((key) => key.meetingId)}::text[])
  )`;
}

/** The meetings whose sync continues without a person. As literals, so that the indexes over these states are used. */
export const IS_UNDER_WAY = sql<boolean>`status in (${sql.join(UNDER_WAY.map((status) => sql.lit(status)))})`;

/**
 * Whether a pass is due or running: the meeting is under way, or Temporal accepted a request after which no pass has
 * begun. Then the meeting still shows how its last pass ended. Matches the index `meetings_under_way`.
 */
export const PASS_DUE = sql<boolean>`(
  ${IS_UNDER_WAY}
  or (status in ('synced', 'skipped') and asked_at > coalesce(begun_at, '-infinity') and coalesce(reason ->> 'code', '') <> 'cancelled')
)`;

/** Meetings that need attention, and unfinished ones without progress for longer than a pass takes. */
export function withoutProgress(workspaceId: string): MeetingCondition {
  return sql<boolean>`workspace_id = ${workspaceId} and (
    status = 'needs_attention'
    or (
      ${PASS_DUE} and sync_requested_at is null and ${UNCLAIMED}
      and greatest(updated_at, asked_at) < now() - interval '1 minute'
    )
  )`;
}

/** Meetings with this reason. A synced meeting has one if one of its activities was deleted in HubSpot. */
export function withReason(workspaceId: string, code: ReasonCode): MeetingCondition {
  return sql<boolean>`workspace_id = ${workspaceId} and reason ->> 'code' = ${code}
    and status in ('needs_attention', 'waiting', 'skipped', 'synced')`;
}
