import { sql, type RawBuilder } from 'kysely';
import type { SyncStatus } from '../../meeting/status';
import type { Db } from '../database';
import type { MeetingKey } from './key';

/** A claim that is not renewed ends after this time, so that a lost worker's meetings go on. In seconds. */
const CLAIM_SECONDS = 30;

const claimEnd = sql`clock_timestamp() + make_interval(secs => ${sql.lit(CLAIM_SECONDS)})`;

/** A request that a bulk pass may serve: no workflow is running for this meeting. */
const due = sql`sync_in_bulk and sync_requested_at is not null and bulk_token is null and not erasing
  and status not in ('syncing', 'waiting', 'needs_attention')`;
/** A claim of a bulk pass that disappeared. */
const abandoned = sql`bulk_token is not null and bulk_until < clock_timestamp()`;

/**
 * The value of `sync_in_bulk` for a new request. A running or waiting workflow serves the request, and so does an earlier
 * request that is pending: a person may be waiting for it.
 *
 * @param many - whether the request is one of many at once
 */
export function inBulk(many: RawBuilder<boolean>): RawBuilder<boolean> {
  return sql<boolean>`case
    when meetings.bulk_token is not null then meetings.sync_requested_at is null or meetings.sync_in_bulk
    when meetings.status in ('syncing', 'waiting', 'needs_attention') then false
    when meetings.sync_requested_at is not null and not meetings.sync_in_bulk then false
    else ${many}
  end`;
}

/** Workspaces with requests for bulk passes. */
export async function workspacesWithBulkWork(db: Db): Promise<string[]> {
  const { rows } = await sql<{ workspace_id: string }>`
    select distinct workspace_id from meetings where (${due}) or (${abandoned})
  `.execute(db);
  return rows.map((row) => row.workspace_id);
}

/**
 * Claims the next meetings of a workspace for a bulk pass, oldest requests first. Each claimed meeting has the status
 * `syncing`, and its request is taken: a later one stays pending.
 *
 * @param claim - `token`: identifies the bulk pass; `limit`: the most meetings to claim
 */
export async function claimForBulk(
  db: Db,
  { workspaceId, token, limit }: { readonly workspaceId: string; readonly token: string; readonly limit: number },
): Promise<MeetingKey[]> {
  const { rows } = await sql<{ meeting_id: string }>`
    update meetings
    set status = 'syncing', reason = null, run_id = null, bulk_token = ${token}::uuid, bulk_until = ${claimEnd},
      asked_at = coalesce(sync_requested_at, asked_at), sync_requested_at = null, updated_at = now()
    where workspace_id = ${workspaceId} and meeting_id in (
      select meeting_id from meetings
      where workspace_id = ${workspaceId} and ((${due}) or (${abandoned}))
      order by sync_requested_at nulls first
      limit ${limit}
      for update skip locked
    )
    returning meeting_id
  `.execute(db);
  return rows.map((row) => ({ workspaceId, meetingId: row.meeting_id }));
}

/** Keeps the claims of a bulk pass. */
export async function renewBulkClaims(db: Db, token: string): Promise<void> {
  await sql`update meetings set bulk_until = ${claimEnd} where bulk_token = ${token}::uuid`.execute(db);
}

/**
 * Ends a claim.
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
  await db
    .updateTable('meetings')
    .set({
      bulk_token: null,
      bulk_until: null,
      ...(next === 'nothing'
        ? {}
        : {
            sync_requested_at: sql<Date>`now()`,
            sync_in_bulk: next === 'bulk',
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
  const { rows } = await sql`
    select from meetings where workspace_id = ${workspaceId} and ((${due}) or (${abandoned})) limit 1
  `.execute(db);
  return rows.length > 0;
}
