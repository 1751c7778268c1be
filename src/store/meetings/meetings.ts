import { createHash } from 'node:crypto';
import { sql, type Selectable } from 'kysely';
import type { ProcessedMeeting } from '../../meeting/intake/schema';
import type { LinkBasis } from '../../meeting/linking/link-basis';
import type { SyncReason, SyncStatus, UnmatchedPerson } from '../../meeting/status';
import { listWarnings, type Warning } from '../../meeting/warnings/warnings';
import type { Db } from '../database';
import type { Database } from '../schema';
import { inBulk, UNCLAIMED } from './bulk/claims';
import type { MeetingKey } from './key';
import { PASS } from './requeue';
import { saveIntakeWarnings } from './warnings';

export type MeetingRow = Selectable<Database['meetings']>;

/**
 * Stores a processed meeting together with its sync request (the outbox) in one statement, so that no accepted meeting is
 * ever without a request.
 *
 * @param given - `warnings`: parts of the posted body that were left out. `backfilledAt`: when the file with the meeting
 *   was received. A meeting posted or deleted after that takes precedence, and the sync has a lower priority
 * @returns `unchanged` when the same body is stored already and no sync was requested
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
    ...PASS,
    sync_in_bulk: backfilledAt !== undefined,
    updated_at: sql<Date>`now()`,
  };
  const stored = await db
    .insertInto('meetings')
    .values({ workspace_id: workspaceId, meeting_id: meeting.meetingId, ...values })
    .onConflict((conflict) =>
      conflict
        .columns(['workspace_id', 'meeting_id'])
        // A deleted meeting that is posted again counts as new: it is then the latest recording of its event.
        .doUpdateSet({
          ...values,
          sync_in_bulk: backfilledAt === undefined ? false : inBulk(sql<boolean>`true`),
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

/** @returns the meeting, or null */
export async function findMeeting(db: Db, { workspaceId, meetingId }: MeetingKey): Promise<MeetingRow | null> {
  const query = db
    .selectFrom('meetings')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('meeting_id', '=', meetingId);
  return (await query.executeTakeFirst()) ?? null;
}

/** A row of the outbox. `requestedAt` identifies the request, so that a newer one is not cleared with it. */
export interface SyncRequest extends MeetingKey {
  readonly requestedAt: Date;
  /** No person waits for it. */
  readonly background: boolean;
  /** The meeting has to be deleted, which interrupts a running pass. */
  readonly erasing: boolean;
  /** The HubSpot account that is connected now, or null. */
  readonly portalId: number | null;
}

/**
 * Requests for a sync by the meeting's own workflow that have not been sent to Temporal, oldest first, those
 * of backfills last.
 *
 * @param options - `olderThanMs`: skips newer requests, which the process that stored them is about to send
 */
export async function dueSyncRequests(
  db: Db,
  { limit, olderThanMs }: { limit: number; olderThanMs: number },
): Promise<SyncRequest[]> {
  return await syncRequests(db)
    .where('sync_in_bulk', '=', false)
    .where('sync_requested_at', '<=', sql<Date>`now() - make_interval(secs => ${olderThanMs / 1000})`)
    .orderBy('meetings.background')
    .orderBy('sync_requested_at')
    .limit(limit)
    .execute();
}

/** @returns the pending request of one meeting, or null */
export async function findSyncRequest(db: Db, { workspaceId, meetingId }: MeetingKey): Promise<SyncRequest | null> {
  const query = syncRequests(db)
    .where('meetings.workspace_id', '=', workspaceId)
    .where('meetings.meeting_id', '=', meetingId);
  return (await query.executeTakeFirst()) ?? null;
}

function syncRequests(db: Db) {
  return db
    .selectFrom('meetings')
    .leftJoin('connections', 'connections.workspace_id', 'meetings.workspace_id')
    .where('sync_requested_at', 'is not', null)
    .select([
      'meetings.workspace_id as workspaceId',
      'meetings.meeting_id as meetingId',
      'meetings.sync_requested_at as requestedAt',
      sql<boolean>`meetings.background or meetings.sync_in_background`.as('background'),
      'meetings.erasing',
      'connections.portal_id as portalId',
    ])
    .$narrowType<{ requestedAt: Date }>();
}

/** Clears a request that Temporal has accepted, unless a newer one arrived in the meantime. */
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

/** The state of a sync. Absent fields keep their stored values. */
export interface SyncUpdate {
  readonly status: SyncStatus;
  readonly reason: SyncReason | null;
  readonly runId?: string;
  readonly portalId?: number;
  /** Whether a pass begins, which satisfies all requests made until now. */
  readonly begins?: boolean;
  /** The claim of the bulk pass that reports this. Without the claim, nothing is stored. */
  readonly bulk?: string | undefined;
  readonly unmatched?: readonly UnmatchedPerson[];
  /** The number of rewrite requests that the pass has satisfied. Later requests stay pending. */
  readonly rewritesDone?: number | undefined;
}

/**
 * Stores the state of a sync. A meeting that was deleted in the meantime stays deleted.
 *
 * @returns false if nothing was stored: the meeting is deleted, or another pass has it
 */
export async function saveProgress(
  db: Db,
  { workspaceId, meetingId }: MeetingKey,
  progress: SyncUpdate,
): Promise<boolean> {
  const { bulk } = progress;
  const result = await db
    .updateTable('meetings')
    .set({
      status: progress.status,
      reason: progress.reason === null ? null : JSON.stringify(progress.reason),
      ...(progress.runId === undefined ? {} : { run_id: progress.runId }),
      ...(progress.portalId === undefined ? {} : { portal_id: progress.portalId }),
      ...(progress.begins === true ? { begun_at: sql<Date>`clock_timestamp()` } : {}),
      // Bulk passes leave a meeting with a running workflow alone, so the workflow also serves what was left to them.
      ...(bulk === undefined && (progress.begins === true || isPaused(progress)) ? { sync_in_bulk: false } : {}),
      // A workflow takes over a meeting whose bulk pass disappeared.
      ...(progress.begins === true && bulk === undefined ? { bulk_token: null, bulk_until: null } : {}),
      // This pass may have read the content before it was deleted.
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
    .$if(bulk !== undefined, (query) => query.where('bulk_token', '=', bulk ?? ''))
    .$if(progress.begins === true && bulk === undefined, (query) => query.where(UNCLAIMED))
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

function isPaused({ status }: SyncUpdate): boolean {
  return status === 'waiting' || status === 'needs_attention';
}

/** Stores what the links were computed from. */
export async function saveLinkBasis(db: Db, { workspaceId, meetingId }: MeetingKey, basis: LinkBasis): Promise<void> {
  await db
    .updateTable('meetings')
    .set({ link_basis: JSON.stringify(basis) })
    .where('workspace_id', '=', workspaceId)
    .where('meeting_id', '=', meetingId)
    .execute();
}
