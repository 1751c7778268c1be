import { sql, type RawBuilder } from 'kysely';
import type { Db, DbPool } from '../database';
import { FIRST, IS_UNDER_WAY, requeuePage, withoutProgress, withReason } from './requeue';
import type { RequeueReason, RequeueSelection } from './tables';

const UNFINISHED = sql<boolean>`(${IS_UNDER_WAY} or status = 'needs_attention')`;

/**
 * Meetings to compare with HubSpot. A running pass may have read HubSpot before a change whose webhook was lost. A person
 * cancelled the others in Temporal, so only a person may start them again.
 */
const RECONCILABLE = sql<boolean>`status in ('synced', 'skipped', 'syncing')
  and coalesce(reason ->> 'code', '') <> 'cancelled'`;

function conditionOf(workspaceId: string, selection: RequeueSelection): RawBuilder<boolean> {
  switch (selection.kind) {
    case 'reason':
      return withReason(workspaceId, selection.code);
    case 'without_progress':
      return withoutProgress(workspaceId);
    case 'unfinished':
      return sql<boolean>`workspace_id = ${workspaceId} and ${UNFINISHED}`;
    case 'reconcilable':
      return sql<boolean>`workspace_id = ${workspaceId} and ${RECONCILABLE}`;
    case 'linked':
      return sql<boolean>`workspace_id = ${workspaceId} and ${RECONCILABLE} and body is not null and exists (
        select from links
        where links.workspace_id = meetings.workspace_id and links.meeting_id = meetings.meeting_id
          and links.portal_id = meetings.portal_id and links.refused is null
          and links.object_type = any (${selection.objectTypes}::text[])
      )`;
  }
}

/**
 * Requests a pass of every selected meeting: the first page at once, and the others by {@link continueRequeues}. A request
 * of hundreds of thousands in one statement would exceed its time and keep all their rows locked.
 *
 * @param db - in a transaction, the request takes effect with it
 * @returns the number of meetings, including those of later pages
 */
export async function requeueMany(
  db: Db,
  workspaceId: string,
  selection: RequeueSelection,
  reason: RequeueReason,
): Promise<number> {
  if (!db.isTransaction)
    return await db.transaction().execute((transaction) => requeueMany(transaction, workspaceId, selection, reason));
  const where = conditionOf(workspaceId, selection);
  const { requested, next } = await requeuePage(db, where, reason, FIRST);
  if (next === null) return requested;
  const { meetingId } = next;
  await db
    .insertInto('requeues')
    .values({
      workspace_id: workspaceId,
      selection: JSON.stringify(selection),
      reason,
      after_meeting: meetingId,
      requested,
    })
    .execute();
  const { left } = await db
    .selectFrom('meetings')
    .select((select) => select.fn.countAll<number>().as('left'))
    .where('status', '<>', 'deleted')
    .where(sql<boolean>`(${where})`)
    .where('meeting_id', '>', meetingId)
    .executeTakeFirstOrThrow();
  return requested + left;
}

/** @returns the meetings that unfinished requests of a workspace have requested so far, or null without such a request */
export async function requestedSoFar(db: Db, workspaceId: string): Promise<number | null> {
  const { requested } = await db
    .selectFrom('requeues')
    .select(sql<number | null>`sum(requested)::float8`.as('requested'))
    .where('workspace_id', '=', workspaceId)
    .executeTakeFirstOrThrow();
  return requested;
}

/** The progress of a request of many meetings. */
export interface RequeueProgress {
  readonly workspaceId: string;
  readonly reason: RequeueReason;
  /** Meetings requested so far. */
  readonly requested: number;
  readonly done: boolean;
}

/**
 * Requests the next page of a request of many meetings that no other server works on. They take turns at random, so that
 * a large or failing one does not delay those of other workspaces. The page and the progress are committed together, so
 * a server that dies loses neither.
 *
 * @returns null if there is none
 */
export async function continueRequeues(db: DbPool): Promise<RequeueProgress | null> {
  return await db.transaction().execute(async (transaction) => {
    const job = await transaction
      .selectFrom('requeues')
      .selectAll()
      .orderBy(sql`random()`)
      .limit(1)
      .forUpdate()
      .skipLocked()
      .executeTakeFirst();
    if (job === undefined) return null;
    const { id, workspace_id: workspaceId, reason, after_meeting: after } = job;
    const where = conditionOf(workspaceId, job.selection);
    const page = await requeuePage(transaction, where, reason, { workspaceId, meetingId: after });
    const requested = job.requested + page.requested;
    if (page.next === null) await transaction.deleteFrom('requeues').where('id', '=', id).execute();
    else
      await transaction
        .updateTable('requeues')
        .set({ after_meeting: page.next.meetingId, requested })
        .where('id', '=', id)
        .execute();
    return { workspaceId, reason, requested, done: page.next === null };
  });
}
