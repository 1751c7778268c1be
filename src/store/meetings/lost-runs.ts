import { sql } from 'kysely';
import { reasons } from '../../meeting/reasons';
import type { Db } from '../database';
import { UNCLAIMED } from './bulk/claims';
import type { MeetingKey } from './key';
import { PASS_DUE, type MeetingCondition } from './requeue';

/**
 * Claims unfinished meetings without progress and without a pending request, to compare them with their runs. Those
 * checked longest ago come first. Several servers share the work.
 *
 * @param options - `stillForMs`: no progress, request or check within this time; `limit`: the most meetings to claim
 */
export async function takeStillMeetings(
  db: Db,
  { stillForMs, limit }: { readonly stillForMs: number; readonly limit: number },
): Promise<MeetingKey[]> {
  const { rows } = await sql<{ workspace_id: string; meeting_id: string }>`
    update meetings set run_checked_at = now()
    where (workspace_id, meeting_id) in (
      select workspace_id, meeting_id from meetings
      where ${PASS_DUE} and sync_requested_at is null and ${UNCLAIMED}
        and greatest(updated_at, asked_at, run_checked_at) < now() - make_interval(secs => ${stillForMs / 1_000})
      order by coalesce(run_checked_at, '-infinity')
      limit ${limit}
      for update skip locked
    )
    returning workspace_id, meeting_id
  `.execute(db);
  return rows.map((row) => ({ workspaceId: row.workspace_id, meetingId: row.meeting_id }));
}

/** A meeting whose run is gone, unless its sync has progressed in the meantime. */
export function lostSync({ workspaceId, meetingId }: MeetingKey): MeetingCondition {
  return sql<boolean>`workspace_id = ${workspaceId} and meeting_id = ${meetingId} and ${PASS_DUE}
    and sync_requested_at is null and ${UNCLAIMED}`;
}

/** Records that a meeting's run was cancelled in Temporal, in case the run could not do so itself. */
export async function recordCancelled(db: Db, { workspaceId, meetingId }: MeetingKey): Promise<void> {
  await db
    .updateTable('meetings')
    .set({ status: 'skipped', reason: JSON.stringify(reasons.cancelled()), updated_at: sql<Date>`now()` })
    .where((where) => where.and({ workspace_id: workspaceId, meeting_id: meetingId, erasing: false }))
    .where(PASS_DUE)
    .where('sync_requested_at', 'is', null)
    .where(UNCLAIMED)
    .execute();
}
