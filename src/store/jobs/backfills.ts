import { sql } from 'kysely';
import type { BackfillAction, FaultyLine } from '../../meeting/backfill';
import type { ProcessedMeeting } from '../../meeting/intake/schema';
import { UNDER_WAY, type SyncStatus } from '../../meeting/status';
import { listWarnings, type Warning } from '../../meeting/warnings/warnings';
import { isUuid } from '../access/uuid';
import { inTransaction, type Db, type DbPool } from '../database';
import { acceptMeeting } from '../meetings/meetings';

/** A line of the file: a meeting's body as JSON with its warnings, or the line's validation errors. */
export type BackfillLine =
  | { readonly line: number; readonly meetingId: string; readonly body: string; readonly warnings?: readonly Warning[] }
  | (FaultyLine & { readonly meetingId: string | null });

export interface BackfillKey {
  readonly workspaceId: string;
  readonly backfillId: string;
}

const NO_MEETINGS: Readonly<Record<SyncStatus, number>> = {
  accepted: 0,
  syncing: 0,
  waiting: 0,
  needs_attention: 0,
  synced: 0,
  skipped: 0,
  deleted: 0,
};
/** After this time, an upload counts as broken off. The sender got no response and will send the file again. */
const RECEIVING_HOURS = 1;

/** Opens a backfill that lines can be added to. They are not processed before {@link acceptBackfill}. @returns its id */
export async function openBackfill(db: Db, workspaceId: string): Promise<string> {
  const { id } = await db
    .insertInto('backfills')
    .values({ workspace_id: workspaceId, state: 'receiving' })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** The number of a workspace's backfills that are being received or are running. */
export async function countRunning(db: Db, workspaceId: string): Promise<number> {
  const { count } = await db
    .selectFrom('backfills')
    .select((expression) => expression.fn.countAll<number>().as('count'))
    .where('workspace_id', '=', workspaceId)
    .where('state', 'in', ['receiving', 'running'])
    .executeTakeFirstOrThrow();
  return count;
}

/** Adds lines to a backfill whose file is being received. */
export async function addLines(db: Db, backfillId: string, lines: readonly BackfillLine[]): Promise<void> {
  const columns = {
    line: lines.map(({ line }) => line),
    meetingId: lines.map(({ meetingId }) => meetingId),
    body: lines.map((line) => ('body' in line ? line.body : null)),
    faults: lines.map((line) => ('errors' in line ? JSON.stringify(line.errors) : null)),
    warnings: lines.map((line) => {
      const warnings = 'body' in line ? (line.warnings ?? []) : [];
      return warnings.length === 0 ? null : JSON.stringify(listWarnings(warnings));
    }),
  };
  await sql`
    insert into backfill_lines (backfill_id, line, meeting_id, body, faults, warnings)
    select ${backfillId}::uuid, line, meeting_id, body, faults, warnings
    from unnest(${columns.line}::int[], ${columns.meetingId}::text[], ${columns.body}::text[], ${columns.faults}::jsonb[],
      ${columns.warnings}::jsonb[]) as line (line, meeting_id, body, faults, warnings)
  `.execute(db);
}

/** Accepts a completely received file. From now on, none of its meetings is lost. */
export async function acceptBackfill(db: Db, backfillId: string): Promise<{ lines: number; meetings: number }> {
  const { rows } = await sql<{ lines: number; meetings: number }>`
    update backfills set state = 'running', lines = counted.lines, meetings = counted.meetings,
      faulty_lines = counted.faulty, lines_with_warnings = counted.warned
    from (
      select count(*) as lines, count(distinct meeting_id) as meetings, count(faults) as faulty,
        count(warnings) as warned
      from backfill_lines where backfill_id = ${backfillId}::uuid
    ) as counted
    where id = ${backfillId}::uuid
    returning counted.lines::int as lines, counted.meetings::int as meetings
  `.execute(db);
  return rows[0] ?? { lines: 0, meetings: 0 };
}

/** Deletes a file that was not received completely. */
export async function abandonBackfill(db: Db, backfillId: string): Promise<void> {
  await db.deleteFrom('backfills').where('id', '=', backfillId).where('state', '=', 'receiving').execute();
}

/** Accepted backfills whose workflow has not been started, oldest first. */
export async function dueBackfills(db: Db, limit: number): Promise<BackfillKey[]> {
  const rows = await db
    .selectFrom('backfills')
    .select(['workspace_id', 'id'])
    .where('state', '=', 'running')
    .where('started_at', 'is', null)
    .orderBy('created_at')
    .limit(limit)
    .execute();
  return rows.map((row) => ({ workspaceId: row.workspace_id, backfillId: row.id }));
}

/** Backfills whose workflow was started and that have not ended. */
export async function runningBackfills(db: Db): Promise<BackfillKey[]> {
  const rows = await db
    .selectFrom('backfills')
    .select(['workspace_id', 'id'])
    .where('state', '=', 'running')
    .where('started_at', 'is not', null)
    .execute();
  return rows.map((row) => ({ workspaceId: row.workspace_id, backfillId: row.id }));
}

/** Records that the workflow of a backfill was started. */
export async function recordBackfillStart(db: Db, backfillId: string): Promise<void> {
  await db
    .updateTable('backfills')
    .set({ started_at: sql<Date>`now()` })
    .where('id', '=', backfillId)
    .where('started_at', 'is', null)
    .execute();
}

/** Deletes partial files whose upload was broken off without notice, because the receiving process ended. */
export async function deleteAbandonedUploads(db: Db): Promise<void> {
  await db
    .deleteFrom('backfills')
    .where('state', '=', 'receiving')
    .where('created_at', '<', sql<Date>`now() - make_interval(hours => ${RECEIVING_HOURS})`)
    .execute();
}

/** @returns a backfill that has not ended, or null */
export async function findRunning(
  db: Db,
  { workspaceId, backfillId }: BackfillKey,
): Promise<{ paused: boolean } | null> {
  const row = await db
    .selectFrom('backfills')
    .select('paused_at')
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', backfillId)
    .where('state', '=', 'running')
    .executeTakeFirst();
  return row === undefined ? null : { paused: row.paused_at !== null };
}

/**
 * Accepts the next meetings of a file in the same way as the API accepts a single one. Each is accepted exactly once,
 * because its line is cleared in the same transaction. None is accepted while the backfill is paused, or after its end.
 *
 * @param limit - the most meetings to accept
 * @returns the number of accepted meetings
 */
export async function handOverNext(
  db: DbPool,
  { workspaceId, backfillId }: BackfillKey,
  limit: number,
): Promise<number> {
  if (limit <= 0) return 0;
  return await db.transaction().execute(async (transaction) => {
    // The lock makes a pause and a stop wait: once they are recorded, no further meeting is accepted.
    const running = await transaction
      .selectFrom('backfills')
      .select('created_at')
      .where('id', '=', backfillId)
      .where('state', '=', 'running')
      .where('paused_at', 'is', null)
      .forShare()
      .executeTakeFirst();
    if (running === undefined) return 0;
    const { created_at: backfilledAt } = running;
    const rows = await transaction
      .selectFrom('backfill_lines')
      .select(['line', 'body', 'warnings'])
      .where('backfill_id', '=', backfillId)
      .where('body', 'is not', null)
      .orderBy('line')
      .limit(limit)
      .forUpdate()
      .execute();
    for (const { body, warnings } of rows) {
      // The body was validated when the file was received.
      const meeting: ProcessedMeeting = JSON.parse(body ?? '');
      // oxlint-disable-next-line no-await-in-loop -- a later line of the same meeting replaces an earlier one
      await acceptMeeting(transaction, { workspaceId, meeting, warnings: warnings ?? [], backfilledAt });
    }
    if (rows.length > 0)
      await transaction
        .updateTable('backfill_lines')
        .set({ body: null, warnings: null })
        .where('backfill_id', '=', backfillId)
        .where(
          'line',
          'in',
          rows.map(({ line }) => line),
        )
        .execute();
    return rows.length;
  });
}

/** The number of lines of a file whose meetings are not accepted yet. */
export async function linesLeft(db: Db, backfillId: string): Promise<number> {
  const { count } = await db
    .selectFrom('backfill_lines')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('backfill_id', '=', backfillId)
    .where('body', 'is not', null)
    .executeTakeFirstOrThrow();
  return count;
}

/** Counts a file's meetings by status. A meeting with a pending line counts as `accepted`. */
export async function countMeetings(
  db: Db,
  { workspaceId, backfillId }: BackfillKey,
): Promise<Record<SyncStatus, number>> {
  const { rows } = await sql<{ status: SyncStatus; meetings: number }>`
    select case when waits then 'accepted' else coalesce(meetings.status, 'deleted') end as status, count(*) as meetings
    from (
      select meeting_id, bool_or(body is not null) as waits from backfill_lines
      where backfill_id = ${backfillId}::uuid and faults is null group by meeting_id
    ) as line left join meetings on meetings.workspace_id = ${workspaceId} and meetings.meeting_id = line.meeting_id
    group by 1
  `.execute(db);
  return { ...NO_MEETINGS, ...Object.fromEntries(rows.map((row) => [row.status, row.meetings])) };
}

/** The number of counted meetings whose sync is not finished. */
export function underWayIn(counts: Readonly<Record<SyncStatus, number>>): number {
  return UNDER_WAY.reduce((sum, status) => sum + counts[status], 0);
}

/** The number of the workspace's backfilled meetings whose sync is not finished. */
export async function backgroundUnderWay(db: Db, workspaceId: string): Promise<number> {
  const { count } = await db
    .selectFrom('meetings')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('workspace_id', '=', workspaceId)
    .where('background', '=', true)
    .where('status', 'in', UNDER_WAY)
    .executeTakeFirstOrThrow();
  return count;
}

/**
 * Pauses, resumes or stops a running backfill. Meetings already handed over continue.
 *
 * @returns false when the workspace has no such backfill, or it has ended
 */
export async function changeBackfill(db: Db, key: BackfillKey, action: BackfillAction): Promise<boolean> {
  const { workspaceId, backfillId } = key;
  if (!isUuid(backfillId)) return false;
  if (action === 'stop') return await endBackfill(db, key, 'stopped');
  const { numUpdatedRows } = await db
    .updateTable('backfills')
    .set({ paused_at: action === 'pause' ? sql<Date>`coalesce(paused_at, now())` : null })
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', backfillId)
    .where('state', '=', 'running')
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

/** Ends a running backfill and deletes its remaining lines. @returns whether it was running */
export async function endBackfill(db: Db, key: BackfillKey, state: 'done' | 'stopped'): Promise<boolean> {
  const { workspaceId, backfillId } = key;
  return await inTransaction(db, async (transaction) => {
    const row = await transaction
      .selectFrom('backfills')
      .select('state')
      .where('workspace_id', '=', workspaceId)
      .where('id', '=', backfillId)
      .forUpdate()
      .executeTakeFirst();
    if (row?.state !== 'running') return false;
    await transaction
      .deleteFrom('backfill_lines')
      .where('backfill_id', '=', backfillId)
      .where('body', 'is not', null)
      .execute();
    const counts = JSON.stringify(await countMeetings(transaction, key));
    await transaction
      .updateTable('backfills')
      .set({ state, counts, finished_at: sql<Date>`now()` })
      .where('id', '=', backfillId)
      .execute();
    return true;
  });
}
