import { sql, type Kysely, type Selectable } from 'kysely';
import type { BackfillDocument, BackfillSummary } from '../meeting/backfill';
import { reasons } from '../meeting/reasons';
import type { SyncReason } from '../meeting/status';
import { backgroundUnderWay, countMeetings, linesLeft, type BackfillKey } from './backfills';
import { findConnection } from './connections';
import type { Db } from './database';
import type { Database } from './schema';
import { countUnderWay } from './sync-attempts';
import { isUuid } from './uuid';

/** As many faulty lines are told; the others are counted. */
const MOST_FAULTY_LINES = 1_000;

/** What a backfill waits for: without HubSpot every meeting would only stop. */
export async function heldBy(db: Db, workspaceId: string): Promise<SyncReason | null> {
  const connection = await findConnection(db, workspaceId);
  if (connection === null) return reasons.not_connected();
  return connection.state === 'reauthorize' ? reasons.reauthorize() : null;
}

/** One backfill of the workspace, or null. One that is still coming in is none yet. */
export async function findBackfill(
  db: Kysely<Database>,
  key: BackfillKey,
  now: Date = new Date(),
): Promise<BackfillDocument | null> {
  const { workspaceId, backfillId } = key;
  if (!isUuid(backfillId)) return null;
  const row = await db
    .selectFrom('backfills')
    .selectAll()
    .where('id', '=', backfillId)
    .where('workspace_id', '=', workspaceId)
    .executeTakeFirst();
  if (row === undefined || row.state === 'receiving') return null;
  const counts = await countMeetings(db, key);
  const faults = await db
    .selectFrom('backfill_lines')
    .select(['line', 'faults'])
    .where('backfill_id', '=', backfillId)
    .where('faults', 'is not', null)
    .orderBy('line')
    .limit(MOST_FAULTY_LINES)
    .execute();
  return {
    ...(await summaryOf(db, row, row.state, counts.accepted + counts.syncing + counts.waiting, now)),
    counts,
    lines: row.lines,
    faults: faults.map(({ line, faults: errors }) => ({ line, errors: errors ?? [] })),
  };
}

/** Backfills of the workspace that run, or ended within the last day, the newest first. Quick whatever their size. */
export async function recentBackfills(
  db: Kysely<Database>,
  workspaceId: string,
  limit: number,
  now: Date = new Date(),
): Promise<BackfillSummary[]> {
  const rows = await db
    .selectFrom('backfills')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where(sql<boolean>`(state = 'running' or finished_at > now() - interval '1 day')`)
    .orderBy('created_at', 'desc')
    .limit(limit)
    .execute();
  return await Promise.all(
    rows.flatMap((row) => {
      const { state } = row;
      if (state === 'receiving') return [];
      const left = async () =>
        state === 'running' ? (await linesLeft(db, row.id)) + (await backgroundUnderWay(db, workspaceId)) : 0;
      return [left().then((count) => summaryOf(db, row, state, Math.min(row.meetings, count), now))];
    }),
  );
}

/** @param left - meetings that are not handed over, or on their way */
async function summaryOf(
  db: Kysely<Database>,
  row: Selectable<Database['backfills']>,
  state: BackfillSummary['state'],
  left: number,
  now: Date,
): Promise<BackfillSummary> {
  const running = state === 'running';
  return {
    backfillId: row.id,
    state,
    createdAt: row.created_at.toISOString(),
    finishedAt: row.finished_at?.toISOString() ?? null,
    meetings: row.meetings,
    left: running ? left : 0,
    counts: row.counts,
    faultyLines: row.faulty_lines,
    forecast: running ? forecastOf(left, (await countUnderWay(db, row.workspace_id)).perMinute, now) : null,
    held: running ? await heldBy(db, row.workspace_id) : null,
  };
}

function forecastOf(left: number, perMinute: number, now: Date): BackfillSummary['forecast'] {
  if (perMinute === 0 || left === 0) return null;
  return {
    meetingsPerMinute: Math.round(perMinute * 10) / 10,
    finishesAt: new Date(now.getTime() + (left / perMinute) * 60_000).toISOString(),
  };
}
