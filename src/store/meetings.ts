import { createHash } from 'node:crypto';
import { sql, type Selectable } from 'kysely';
import type { ProcessedMeeting } from '../meeting/schema';
import type { SyncReason, SyncStatus, UnmatchedPerson } from '../meeting/status';
import { listWarnings, type Warning } from '../meeting/warnings';
import type { Db } from './database';
import type { Database } from './schema';
import { saveIntakeWarnings } from './warnings';

export type MeetingRow = Selectable<Database['meetings']>;
export interface MeetingKey {
  readonly workspaceId: string;
  readonly meetingId: string;
}

/**
 * Stores a processed meeting and marks that a sync is due (the outbox), in one statement: an accepted meeting is never
 * without its request.
 *
 * @param given - `warnings`: what was left out when the posted body was read. `backfilledAt`: when the file came in that the meeting stands in. What was posted or erased since then
 *   outweighs it, and its sync lets the others pass
 * @returns `unchanged` when the same body is known already: nothing is due then
 */
export async function acceptMeeting(
  db: Db,
  {
    workspaceId,
    meeting,
    warnings = [],
    backfilledAt,
  }: {
    readonly workspaceId: string;
    readonly meeting: ProcessedMeeting;
    readonly warnings?: readonly Warning[];
    readonly backfilledAt?: Date;
  },
): Promise<'created' | 'updated' | 'unchanged'> {
  const body = JSON.stringify(meeting);
  const bodyHash = createHash('sha256').update(body).digest('hex');
  const values = {
    body,
    body_hash: bodyHash,
    intake_warnings: JSON.stringify(listWarnings(warnings)),
    title: meeting.title,
    started_at: meeting.startedAt,
    status: 'accepted' as const,
    reason: null,
    erasing: false,
    person_erased: false,
    background: backfilledAt !== undefined,
    posted_at: backfilledAt ?? sql<Date>`now()`,
    sync_requested_at: sql<Date>`now()`,
    updated_at: sql<Date>`now()`,
  };
  const stored = await db
    .insertInto('meetings')
    .values({ workspace_id: workspaceId, meeting_id: meeting.meetingId, ...values })
    .onConflict((conflict) =>
      conflict
        .columns(['workspace_id', 'meeting_id'])
        // One that was erased comes in anew: of several recordings of an event it is the last then.
        .doUpdateSet({
          ...values,
          accepted_at: sql<Date>`case when meetings.status = 'deleted' then now() else meetings.accepted_at end`,
        })
        .where('meetings.body_hash', '<>', bodyHash)
        .where(sql<boolean>`meetings.posted_at <= coalesce(${backfilledAt ?? null}::timestamptz, 'infinity')`),
    )
    // xmax is zero on a row that was inserted, not updated.
    .returning(sql<boolean>`xmax = 0`.as('inserted'))
    .executeTakeFirst();
  if (stored === undefined) {
    await saveIntakeWarnings(db, { workspaceId, meetingId: meeting.meetingId }, bodyHash, warnings);
    return 'unchanged';
  }
  return stored.inserted ? 'created' : 'updated';
}

/** One meeting, or null. */
export async function findMeeting(db: Db, { workspaceId, meetingId }: MeetingKey): Promise<MeetingRow | null> {
  const query = db
    .selectFrom('meetings')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('meeting_id', '=', meetingId);
  return (await query.executeTakeFirst()) ?? null;
}

/** A sync that is running keeps its status; one at rest is as good as accepted anew. */
const requested = {
  sync_requested_at: sql<Date>`now()`,
  status: sql<SyncStatus>`case when status = 'syncing' then status else 'accepted' end`,
  reason: null,
};
/** Wishes are counted: one that comes while a pass fulfils another is still there when that one is done. */
const requestedAnew = { ...requested, rewrites_wanted: sql<number>`rewrites_wanted + 1` };
/** Somebody waits for it. */
const requestedNow = { ...requestedAnew, background: false };

/** A person chose to replace what people changed in HubSpot: only the pass that fulfils this wish does. */
const requestedOver = { ...requestedNow, overwrite_wanted: sql<number>`rewrites_wanted + 1` };

/**
 * Marks that the meeting is to be synced again, and both activities written again.
 *
 * @param options - `overwrite`: also what people changed in HubSpot is replaced
 * @returns false when there is no such meeting, or it was erased
 */
export async function requestSync(
  db: Db,
  workspaceId: string,
  meetingId: string,
  { overwrite = false }: { readonly overwrite?: boolean } = {},
): Promise<boolean> {
  const result = await db
    .updateTable('meetings')
    .set(overwrite ? requestedOver : requestedNow)
    .where('workspace_id', '=', workspaceId)
    .where('meeting_id', '=', meetingId)
    .where('status', '<>', 'deleted')
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** Under way without progress for longer than a pass takes. */
const STILL = sql<boolean>`status in ('accepted', 'syncing', 'waiting') and sync_requested_at is null
  and greatest(updated_at, asked_at) < now() - interval '1 minute'`;

/**
 * Requests every meeting that needs attention again, and those under way without progress.
 *
 * @param options - `reason`: only those with this reason code, and also those that were skipped for it or wait for it
 * @returns how many
 */
export async function requestSyncs(
  db: Db,
  workspaceId: string,
  { reason }: { reason?: string | undefined },
): Promise<number> {
  const result = await db
    .updateTable('meetings')
    .set(reason === 'deleted_in_hubspot' ? requestedAnew : requested)
    .where('workspace_id', '=', workspaceId)
    // A synced one has a reason where one of its activities was deleted.
    .$if(reason === undefined, (query) =>
      query.where((where) => where.or([where('status', '=', 'needs_attention' as const), STILL])),
    )
    .$if(reason !== undefined, (query) =>
      query
        .where('status', 'in', ['needs_attention', 'waiting', 'skipped', 'synced'])
        .where(sql`reason ->> 'code'`, '=', reason ?? ''),
    )
    .executeTakeFirst();
  return Number(result.numUpdatedRows);
}

/**
 * Marks some meetings as due again, and their activities to be written again, as {@link requestSync} does with one.
 *
 * @returns how many: erased and unknown ones are none
 */
export async function requestSyncsOf(db: Db, workspaceId: string, meetingIds: readonly string[]): Promise<number> {
  if (meetingIds.length === 0) return 0;
  const result = await db
    .updateTable('meetings')
    .set(requestedNow)
    .where('workspace_id', '=', workspaceId)
    .where('meeting_id', 'in', meetingIds)
    .where('status', '<>', 'deleted')
    .executeTakeFirst();
  return Number(result.numUpdatedRows);
}

/** A row of the outbox: `requestedAt` says which request is meant, so that a newer one is not cleared with it. */
export interface SyncRequest extends MeetingKey {
  readonly requestedAt: Date;
  readonly background: boolean;
  /** The meeting is to be deleted, which interrupts a running pass. */
  readonly erasing: boolean;
}

/**
 * Requests that Temporal has not taken yet, oldest first; those of backfills last.
 *
 * @param olderThanMs - leaves the newest to whoever has just made them
 */
export async function dueSyncRequests(
  db: Db,
  { limit, olderThanMs }: { limit: number; olderThanMs: number },
): Promise<SyncRequest[]> {
  const rows = await db
    .selectFrom('meetings')
    .select(['workspace_id', 'meeting_id', 'sync_requested_at', 'background', 'erasing'])
    .where('sync_requested_at', '<=', sql<Date>`now() - make_interval(secs => ${olderThanMs / 1000})`)
    .orderBy('background')
    .orderBy('sync_requested_at')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    workspaceId: row.workspace_id,
    meetingId: row.meeting_id,
    requestedAt: row.sync_requested_at ?? new Date(0),
    background: row.background,
    erasing: row.erasing,
  }));
}

/** The request that stands for one meeting, or null. */
export async function findSyncRequest(db: Db, key: MeetingKey): Promise<SyncRequest | null> {
  const meeting = await findMeeting(db, key);
  if (!meeting?.sync_requested_at) return null;
  const { sync_requested_at: requestedAt, background, erasing } = meeting;
  return { ...key, requestedAt, background, erasing };
}

/** Temporal has the request: clears it unless a newer one came meanwhile. */
export async function clearSyncRequest(db: Db, request: SyncRequest, runId: string): Promise<void> {
  const isTaken = sql<boolean>`date_trunc('milliseconds', sync_requested_at) <= ${request.requestedAt}`;
  await db
    .updateTable('meetings')
    .set({
      run_id: runId,
      asked_at: sql<Date | null>`case when ${isTaken} then sync_requested_at else asked_at end`,
      sync_requested_at: sql<Date | null>`case when ${isTaken} then null else sync_requested_at end`,
    })
    .where('workspace_id', '=', request.workspaceId)
    .where('meeting_id', '=', request.meetingId)
    .execute();
}

/** Where a sync stands, as people see it. `unmatched` and `portalId` stay as they were when absent. */
export interface SyncProgress {
  readonly status: SyncStatus;
  readonly reason: SyncReason | null;
  readonly runId?: string;
  readonly portalId?: number;
  /** A pass begins: it fulfils whatever was asked for until now. */
  readonly begins?: boolean;
  readonly unmatched?: readonly UnmatchedPerson[];
  /** The wishes to write anew that are fulfilled: those that came up to so many. A later one stays. */
  readonly rewritesDone?: number | undefined;
}

/** Records where a sync stands. A meeting that was erased meanwhile stays erased. */
export async function saveProgress(
  db: Db,
  { workspaceId, meetingId }: MeetingKey,
  progress: SyncProgress,
): Promise<void> {
  await db
    .updateTable('meetings')
    .set({
      status: progress.status,
      reason: progress.reason === null ? null : JSON.stringify(progress.reason),
      ...(progress.runId === undefined ? {} : { run_id: progress.runId }),
      ...(progress.portalId === undefined ? {} : { portal_id: progress.portalId }),
      ...(progress.begins === true ? { begun_at: sql<Date>`clock_timestamp()` } : {}),
      // This pass may have read the content before it was erased.
      ...(progress.unmatched === undefined
        ? {}
        : {
            unmatched: sql<string>`case when body is null then '[]' else ${JSON.stringify(progress.unmatched)}::jsonb end`,
          }),
      ...(progress.status === 'synced' ? { synced_at: sql<Date>`now()` } : {}),
      ...(progress.rewritesDone === undefined
        ? {}
        : { rewrites_done: sql<number>`greatest(rewrites_done, ${progress.rewritesDone}::int)` }),
      updated_at: sql<Date>`now()`,
    })
    .where('workspace_id', '=', workspaceId)
    .where('meeting_id', '=', meetingId)
    .where('status', '<>', 'deleted')
    .execute();
}

/** Remembers what the links were computed from (`linkBasis`). */
export async function saveLinkedContent(db: Db, { workspaceId, meetingId }: MeetingKey, basis: string): Promise<void> {
  await db
    .updateTable('meetings')
    .set({ linked_body_hash: basis })
    .where('workspace_id', '=', workspaceId)
    .where('meeting_id', '=', meetingId)
    .execute();
}
