import { sql, type RawBuilder, type UpdateObject } from 'kysely';
import { UNDER_WAY, type ReasonCode, type SyncStatus } from '../../meeting/status';
import type { Db } from '../database';
import type { Database } from '../schema';
import { inBulk, UNCLAIMED } from './bulk/claims';
import type { MeetingKey } from './key';
import type { RequeueReason } from './tables';

/** A condition on rows of `meetings`. Null selects no meeting. */
export type MeetingCondition = ReturnType<typeof sql<boolean>> | null;

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
  review_accepted: { ...PASS, background: false },
  reconciliation: BACKGROUND_PASS,
  mapping_added: BACKGROUND_PASS,
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

/** One statement updates this many meetings, which takes a busy database a second or two. */
const PAGE_SIZE = 2_000;

/**
 * Requests a pass of every selected meeting that was not deleted, page by page. The server hands it to Temporal: many
 * meetings to bulk passes, few to a workflow each.
 *
 * Each page is committed unless `db` is a transaction, which must not select more than a few pages: it keeps the locks of
 * all of them. A caller that stops between two pages has to repeat the call.
 *
 * @param where - from a function that returns a {@link MeetingCondition}
 * @returns the number of meetings
 */
export async function requeue(db: Db, where: MeetingCondition, reason: RequeueReason): Promise<number> {
  if (where === null) return 0;
  let requested = 0;
  for (let after: MeetingKey | null = FIRST; after !== null;) {
    // oxlint-disable-next-line no-await-in-loop -- one page after the other
    const page: RequeuedPage = await requeuePage(db, where, reason, after);
    requested += page.requested;
    after = page.next;
  }
  return requested;
}

/** Before all meetings. */
export const FIRST: MeetingKey = { workspaceId: '', meetingId: '' };

/** `next`: the last meeting of the page, for the next one; null after the last page. */
export interface RequeuedPage {
  readonly requested: number;
  readonly next: MeetingKey | null;
}

/**
 * Requests a pass of the next selected meetings, in the order of their ids.
 *
 * @param after - the last meeting of the page before, or {@link FIRST}
 */
export async function requeuePage(
  db: Db,
  where: RawBuilder<boolean>,
  reason: RequeueReason,
  after: MeetingKey,
): Promise<RequeuedPage> {
  const isFirst = after === FIRST;
  const many = isFirst ? sql<boolean>`(select count(*) > ${OWN_WORKFLOWS}::int from page)` : sql<boolean>`true`;
  const row = await db
    // Materialised: with a limit in the same query, PostgreSQL may read the whole table in the order of ids.
    .with(
      (cte) => cte('selected').materialized(),
      (query) =>
        query
          .selectFrom('meetings')
          .select(['workspace_id', 'meeting_id'])
          .where('status', '<>', 'deleted')
          .where(sql<boolean>`(${where})`)
          .$if(!isFirst, (more) =>
            more.where(sql<boolean>`(workspace_id, meeting_id) > (${after.workspaceId}, ${after.meetingId})`),
          ),
    )
    .with('page', (query) =>
      query.selectFrom('selected').selectAll().orderBy('workspace_id').orderBy('meeting_id').limit(PAGE_SIZE),
    )
    .with('requested', (query) =>
      query
        .updateTable('meetings')
        .set({ ...REQUESTS[reason], sync_in_bulk: inBulk(many) })
        .where(sql<boolean>`(workspace_id, meeting_id) in (select workspace_id, meeting_id from page)`)
        .where('status', '<>', 'deleted')
        // Another transaction may have changed a meeting of the page meanwhile.
        .where(sql<boolean>`(${where})`)
        .returning('meeting_id'),
    )
    .selectNoFrom((select) => [
      select.selectFrom('requested').select(select.fn.countAll<number>().as('count')).as('requested'),
      select.selectFrom('page').select(select.fn.countAll<number>().as('count')).as('size'),
      select.selectFrom('page').select('workspace_id').orderBy('workspace_id', 'desc').limit(1).as('workspaceId'),
      select
        .selectFrom('page')
        .select('meeting_id')
        .orderBy('workspace_id', 'desc')
        .orderBy('meeting_id', 'desc')
        .limit(1)
        .as('meetingId'),
    ])
    .executeTakeFirstOrThrow();
  const { workspaceId, meetingId } = row;
  const isLast = Number(row.size) < PAGE_SIZE || workspaceId === null || meetingId === null;
  return { requested: Number(row.requested), next: isLast ? null : { workspaceId, meetingId } };
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
export function withoutProgress(workspaceId: string): RawBuilder<boolean> {
  return sql<boolean>`workspace_id = ${workspaceId} and (
    status = 'needs_attention'
    or (
      ${PASS_DUE} and sync_requested_at is null and ${UNCLAIMED}
      and greatest(updated_at, asked_at) < now() - interval '1 minute'
    )
  )`;
}

/** Meetings with this reason. A synced meeting has one if one of its activities was deleted in HubSpot. */
export function withReason(workspaceId: string, code: ReasonCode): RawBuilder<boolean> {
  return sql<boolean>`workspace_id = ${workspaceId} and reason ->> 'code' = ${code}
    and status in ('needs_attention', 'waiting', 'skipped', 'synced')`;
}
