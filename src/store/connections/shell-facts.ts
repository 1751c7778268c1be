import { sql } from 'kysely';
import type { Db } from '../database';

/** What every page shows beside its content. */
export interface ShellFacts {
  /** Meetings that need attention. */
  readonly needsYou: number;
  /** Those of them that wait for a connection or a permission, and since when the first one does; null for none. */
  readonly blocked: number;
  readonly blockedSince: Date | null;
  readonly lastSyncedAt: Date | null;
  /** Outlets that were switched off because their receivers failed. */
  readonly outletsOff: number;
}

/** Reads the facts from indexes: the cost depends on the number of meetings that need attention only. */
export async function shellFacts(db: Db, workspaceId: string): Promise<ShellFacts> {
  const { rows } = await sql<{
    needs_you: number;
    blocked: number;
    since: Date | null;
    synced: Date | null;
    off: number;
  }>`
    select
      count(*) as needs_you,
      count(*) filter (where blocking) as blocked,
      min(updated_at) filter (where blocking) as since,
      (select max(synced_at) from meetings where workspace_id = ${workspaceId}) as synced,
      (select count(*) from outlets where workspace_id = ${workspaceId} and off_reason in ('failing', 'gone')) as off
    from (
      select updated_at, reason ->> 'code' in ('not_connected', 'reauthorize', 'missing_scope') as blocking
      from meetings where workspace_id = ${workspaceId} and status = 'needs_attention'
    ) as stopped
  `.execute(db);
  const row = rows[0];
  return {
    needsYou: row?.needs_you ?? 0,
    blocked: row?.blocked ?? 0,
    blockedSince: row?.since ?? null,
    lastSyncedAt: row?.synced ?? null,
    outletsOff: row?.off ?? 0,
  };
}
