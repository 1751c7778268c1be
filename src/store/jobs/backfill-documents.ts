import { sql, type Selectable } from 'kysely';
import type { BackfillDocument, BackfillState, BackfillSummary } from '../../meeting/backfill';
import { reasons } from '../../meeting/reasons';
import type { SyncReason } from '../../meeting/status';
import { WITHOUT_LINES } from './backfill-lines';
import { backgroundUnderWay, countMeetings, linesLeft, underWayIn, type BackfillKey } from './backfills';
import { findConnection } from '../connections/connections';
import type { Db, DbPool } from '../database';
import type { Database } from '../schema';
import { countUnderWay } from '../meetings/sync-passes';
import { isUuid } from '../access/uuid';

/** The most invalid lines that a document lists. The others are only counted. */
const MOST_INVALID_LINES = 1_000;

/** @returns why a backfill waits, or null. Without a connection, every meeting would only need attention */
export async function waitReasonOf(db: Db, workspaceId: string): Promise<SyncReason | null> {
  const connection = await findConnection(db, workspaceId);
  if (connection === null) return reasons.not_connected();
  return connection.state === 'reauthorize' ? reasons.reauthorize({ why: connection.last_error }) : null;
}

/** @returns a backfill of the workspace, or null when it does not exist or is still being received */
export async function findBackfill(
  db: DbPool,
  key: BackfillKey,
  now: Date = new Date(),
): Promise<BackfillDocument | null> {
  const { workspaceId, backfillId } = key;
  if (!isUuid(backfillId)) return null;
  const row = await accepted(db, workspaceId).where('id', '=', backfillId).executeTakeFirst();
  if (row === undefined) return null;
  const counts = row.without_lines && row.counts !== null ? row.counts : await countMeetings(db, key);
  const faults = await db
    .selectFrom('backfill_lines')
    .select(['line', 'faults'])
    .where('backfill_id', '=', backfillId)
    .where('faults', 'is not', null)
    .orderBy('line')
    .limit(MOST_INVALID_LINES)
    .execute();
  return {
    ...summaryOf(row, underWayIn(counts), await situationOf(db, workspaceId), now),
    counts,
    lines: row.lines,
    faults: faults.map(({ line, faults: errors }) => ({ line, errors: errors ?? [] })),
  };
}

/**
 * The workspace's backfills that are running, or that ended within the last day and were not dismissed, newest first.
 * The query is fast for any size of file.
 */
export async function recentBackfills(
  db: DbPool,
  workspaceId: string,
  limit: number,
  now: Date = new Date(),
): Promise<BackfillSummary[]> {
  const rows = await accepted(db, workspaceId)
    .where(sql<boolean>`(state = 'running' or (finished_at > now() - interval '1 day' and dismissed_at is null))`)
    .orderBy('created_at', 'desc')
    .limit(limit)
    .execute();
  if (rows.length === 0) return [];
  const [situation, onTheirWay, waiting] = await Promise.all([
    situationOf(db, workspaceId),
    backgroundUnderWay(db, workspaceId),
    Promise.all(rows.map(({ id }) => linesLeft(db, id))),
  ]);
  return rows.map((row, index) =>
    summaryOf(row, Math.min(row.meetings, (waiting[index] ?? 0) + onTheirWay), situation, now),
  );
}

/** The workspace's backfills that were received completely. */
function accepted(db: DbPool, workspaceId: string) {
  return db
    .selectFrom('backfills')
    .selectAll()
    .select(WITHOUT_LINES.as('without_lines'))
    .where('workspace_id', '=', workspaceId)
    .where('state', '<>', 'receiving')
    .$narrowType<{ state: BackfillState }>();
}

/** What all running backfills of a workspace have in common. */
interface Situation {
  readonly perMinute: number;
  readonly held: SyncReason | null;
}

async function situationOf(db: DbPool, workspaceId: string): Promise<Situation> {
  const [{ perMinute }, held] = await Promise.all([countUnderWay(db, workspaceId), waitReasonOf(db, workspaceId)]);
  return { perMinute, held };
}

/** @param left - meetings of a running backfill that are not started or whose sync is not finished */
function summaryOf(
  row: Omit<Selectable<Database['backfills']>, 'state'> & { readonly state: BackfillState },
  left: number,
  { perMinute, held }: Situation,
  now: Date,
): BackfillSummary {
  const running = row.state === 'running';
  const paused = running && row.paused_at !== null;
  return {
    backfillId: row.id,
    state: row.state,
    paused,
    createdAt: row.created_at.toISOString(),
    finishedAt: row.finished_at?.toISOString() ?? null,
    meetings: row.meetings,
    left: running ? left : 0,
    counts: row.counts,
    faultyLines: row.faulty_lines,
    linesWithWarnings: row.lines_with_warnings,
    forecast: running && !paused ? forecastOf(left, perMinute, now) : null,
    held: running ? held : null,
  };
}

function forecastOf(left: number, perMinute: number, now: Date): BackfillSummary['forecast'] {
  if (perMinute === 0 || left === 0) return null;
  return {
    meetingsPerMinute: Math.round(perMinute * 10) / 10,
    finishesAt: new Date(now.getTime() + (left / perMinute) * 60_000).toISOString(),
  };
}

/** Takes an ended backfill off the pages that list the latest ones. @returns false when it is running or does not exist */
export async function dismissBackfill(db: Db, { workspaceId, backfillId }: BackfillKey): Promise<boolean> {
  if (!isUuid(backfillId)) return false;
  const { numUpdatedRows } = await db
    .updateTable('backfills')
    .set({ dismissed_at: sql<Date>`now()` })
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', backfillId)
    .where('state', 'in', ['done', 'stopped'])
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
