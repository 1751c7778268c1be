import { sql, type RawBuilder } from 'kysely';
import type { SyncReason } from '../../../meeting/status';
import type { DbPool } from '../../database';
import { LEFT_TO_BULK } from './claims';

const PAGE_SIZE = 2_000;

/**
 * Lets the meetings that wait for a bulk pass show why: the account cannot reach HubSpot. If only a person can change that,
 * all of them need attention, and go on when the person has acted, by a request with the reason `retry`. Otherwise bulk
 * passes try one of them at a time, and those that were synced before keep their status.
 */
export async function showBlock(
  db: DbPool,
  workspaceId: string,
  { status, reason }: { readonly status: 'waiting' | 'needs_attention'; readonly reason: SyncReason },
): Promise<void> {
  const others = status === 'waiting' ? sql<boolean>`status = 'accepted'` : sql<boolean>`status <> 'needs_attention'`;
  const values = sql`status = ${status}, reason = ${JSON.stringify(reason)}::jsonb`;
  await updateWaiting(db, sql<boolean>`workspace_id = ${workspaceId} and ${others}`, values);
}

/** The account reaches HubSpot again: its meetings wait for their turn. */
export async function endBlock(db: DbPool, workspaceId: string): Promise<void> {
  const blocked = sql<boolean>`workspace_id = ${workspaceId} and status in ('waiting', 'needs_attention')`;
  await updateWaiting(db, blocked, sql`status = 'accepted', reason = null`);
}

/** Page by page. A meeting that another transaction has locked is about to change anyway. */
async function updateWaiting(db: DbPool, where: RawBuilder<boolean>, set: RawBuilder<unknown>): Promise<void> {
  let updated: number;
  do {
    // oxlint-disable-next-line no-await-in-loop -- one page after the other
    const { numAffectedRows } = await sql`
      update meetings set ${set}, updated_at = now()
      where (workspace_id, meeting_id) in (
        select workspace_id, meeting_id from meetings where ${LEFT_TO_BULK} and ${where}
        limit ${PAGE_SIZE} for update skip locked
      )
    `.execute(db);
    updated = Number(numAffectedRows ?? 0);
  } while (updated === PAGE_SIZE);
}
