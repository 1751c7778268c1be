import { sql, type RawBuilder } from 'kysely';
import type { SyncStatus } from '../../../meeting/status';
import type { Db } from '../../database';
import type { MeetingKey } from '../key';

/** A claim that is not renewed ends after this time, so that a lost worker's meetings go on. In seconds. */
const CLAIM_SECONDS = 30;

const claimEnd = sql`clock_timestamp() + make_interval(secs => ${sql.lit(CLAIM_SECONDS)})`;

/**
 * A request that bulk passes serve: no workflow is running for this meeting. A workflow that waits or needs attention takes
 * the request from bulk passes, so a meeting with such a status waits for its account (`showBlock`).
 */
export const LEFT_TO_BULK = sql<boolean>`sync_in_bulk and sync_requested_at is not null and bulk_token is null
  and not erasing and status not in ('syncing', 'deleted')`;
/** A bulk pass may serve it now. If its account needs a person, it does not before the person has acted. */
const due = sql<boolean>`${LEFT_TO_BULK} and status <> 'needs_attention'`;
/** A claim of a bulk pass that disappeared. A deletion or a request of a person has a workflow, which takes the meeting. */
const abandoned = sql`bulk_token is not null and bulk_until < clock_timestamp() and not erasing and status <> 'deleted'
  and (sync_requested_at is null or sync_in_bulk)`;

/** No bulk pass has the meeting, so its own workflow may pass it. */
export const UNCLAIMED = sql<boolean>`(bulk_token is null or bulk_until < clock_timestamp())`;

/**
 * The value of `sync_in_bulk` for a new request. A running or waiting workflow serves the request, and so does an earlier
 * request that is pending: a person may be waiting for it.
 *
 * @param many - whether the request is one of many at once
 */
export function inBulk(many: RawBuilder<boolean>): RawBuilder<boolean> {
  return sql<boolean>`case
    when meetings.bulk_token is not null then meetings.sync_requested_at is null or meetings.sync_in_bulk
    when meetings.sync_requested_at is not null and not meetings.sync_in_bulk then false
    when meetings.status = 'syncing' then false
    -- Its workflow waits, unless the meeting waits for a bulk pass.
    when meetings.status in ('waiting', 'needs_attention') and meetings.sync_requested_at is null then false
    else ${many}
  end`;
}

/** Workspaces with requests for bulk passes. */
export async function workspacesWithBulkWork(db: Db): Promise<string[]> {
  const { rows } = await sql<{ workspace_id: string }>`
    select workspaces.id as workspace_id
    from workspaces cross join lateral (
      -- The first one is enough: a workspace may have a million.
      select from meetings where meetings.workspace_id = workspaces.id and (${due}) limit 1
    ) as requested
    union
    select workspace_id from meetings where (${abandoned})
  `.execute(db);
  return rows.map((row) => row.workspace_id);
}

/**
 * Claims the next meetings of a workspace for a bulk pass: those of lost passes, then the oldest requests. Each claimed
 * meeting has the status `syncing`, and its request is taken: a later one stays pending.
 *
 * @param claim - `token`: identifies the bulk pass; `limit`: the most meetings to claim
 */
export async function claimForBulk(
  db: Db,
  { workspaceId, token, limit }: { readonly workspaceId: string; readonly token: string; readonly limit: number },
): Promise<MeetingKey[]> {
  const { rows } = await sql<{ meeting_id: string }>`
    with lost as (
      -- Claims of this pass that could not be renewed in time are still worked on.
      select meeting_id from meetings
      where workspace_id = ${workspaceId} and (${abandoned}) and bulk_token <> ${token}::uuid
      limit ${limit}
      for update skip locked
    ), requested as (
      select meeting_id from meetings
      where workspace_id = ${workspaceId} and (${due})
      order by sync_requested_at
      limit ${limit}
      for update skip locked
    )
    update meetings
    set status = 'syncing', reason = null, run_id = null, bulk_token = ${token}::uuid, bulk_until = ${claimEnd},
      asked_at = coalesce(sync_requested_at, asked_at), sync_requested_at = null, updated_at = now()
    where workspace_id = ${workspaceId} and meeting_id in (
      select meeting_id from lost union all select meeting_id from requested limit ${limit}
    )
    returning meeting_id
  `.execute(db);
  return rows.map((row) => ({ workspaceId, meetingId: row.meeting_id }));
}

/**
 * Keeps the claims of a bulk pass. Leaves locked meetings to the next renewal, because a statement that waits for many
 * locks could deadlock with one that requests many passes.
 */
export async function renewBulkClaims(db: Db, token: string): Promise<void> {
  await sql`
    update meetings set bulk_until = ${claimEnd}
    where (workspace_id, meeting_id) in (
      select workspace_id, meeting_id from meetings where bulk_token = ${token}::uuid for update skip locked
    )
  `.execute(db);
}

/**
 * Ends a claim. A deletion or a request of a person that came during the pass keeps its own workflow.
 *
 * @param next - `workflow`: the bulk pass could not complete the sync, so request it by the meeting's own workflow. `bulk`:
 *   another bulk pass takes it
 */
export async function endBulkClaim(
  db: Db,
  { workspaceId, meetingId }: MeetingKey,
  token: string,
  next: 'nothing' | 'workflow' | 'bulk',
): Promise<void> {
  const isDeletion = sql<boolean>`(erasing or status = 'deleted')`;
  await db
    .updateTable('meetings')
    .set({
      bulk_token: null,
      bulk_until: null,
      ...(next === 'nothing'
        ? {}
        : {
            sync_requested_at: sql<Date | null>`case when ${isDeletion} then sync_requested_at else coalesce(sync_requested_at, now()) end`,
            sync_in_bulk: sql<boolean>`case when ${isDeletion} or (sync_requested_at is not null and not sync_in_bulk)
              then sync_in_bulk else ${next === 'bulk'}::boolean end`,
            sync_in_background: sql<boolean>`sync_requested_at is null or sync_in_background`,
            status: sql<SyncStatus>`case when status = 'syncing' then 'accepted' else status end`,
          }),
    })
    .where('workspace_id', '=', workspaceId)
    .where('meeting_id', '=', meetingId)
    .where('bulk_token', '=', token)
    .execute();
}

/** Whether a workspace has requests left for bulk passes. */
export async function isBulkWorkLeft(db: Db, workspaceId: string): Promise<boolean> {
  const ofWorkspace = sql`select from meetings where workspace_id = ${workspaceId}`;
  const { rows } = await sql<{ left: boolean }>`
    select exists (${ofWorkspace} and (${due})) or exists (${ofWorkspace} and (${abandoned})) as left
  `.execute(db);
  return rows[0]?.left === true;
}
