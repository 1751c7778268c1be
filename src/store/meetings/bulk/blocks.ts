import { sql, type RawBuilder } from 'kysely';
import type { SyncReason } from '../../../meeting/status';
import type { DbPool } from '../../database';
import { DUE_IN_BULK } from './claims';

const PAGE_SIZE = 2_000;

/**
 * Lets all meetings that wait for a bulk pass show why: the account cannot reach HubSpot. Those that were synced before
 * keep their status.
 */
export async function showBlock(
  db: DbPool,
  workspaceId: string,
  { status, reason }: { readonly status: 'waiting' | 'needs_attention'; readonly reason: SyncReason },
): Promise<void> {
  await updateDue(
    db,
    sql<boolean>`workspace_id = ${workspaceId} and status = 'accepted'`,
    sql`status = ${status}, reason = ${JSON.stringify(reason)}::jsonb`,
  );
}

/** The account reaches HubSpot again: its meetings wait for their turn. */
export async function endBlock(db: DbPool, workspaceId: string): Promise<void> {
  await updateDue(
    db,
    sql<boolean>`workspace_id = ${workspaceId} and status in ('waiting', 'needs_attention')`,
    sql`status = 'accepted', reason = null`,
  );
}

/** Page by page. A meeting that another transaction has locked is about to change anyway. */
async function updateDue(db: DbPool, where: RawBuilder<boolean>, set: RawBuilder<unknown>): Promise<void> {
  let updated: number;
  do {
    // oxlint-disable-next-line no-await-in-loop -- one page after the other
    const { numAffectedRows } = await sql`
      update meetings set ${set}, updated_at = now()
      where (workspace_id, meeting_id) in (
        select workspace_id, meeting_id from meetings where ${DUE_IN_BULK} and ${where}
        limit ${PAGE_SIZE} for update skip locked
      )
    `.execute(db);
    updated = Number(numAffectedRows ?? 0);
  } while (updated === PAGE_SIZE);
}
