import { sql } from 'kysely';
import type { Db } from '../database';

/** Days for which events that belong to no workspace are kept. The trigger on the table has the same number. */
const DEFAULT_DAYS = 365;

/**
 * Deletes events that are older than their workspace keeps them (`auditRetentionDays`).
 *
 * @returns the number of events; fewer than `limit` means that none is left
 */
export async function deleteOldAuditEvents(db: Db, limit: number): Promise<number> {
  const { numAffectedRows } = await sql`
    with kept as (
      select id, coalesce((settings ->> 'auditRetentionDays')::int, ${DEFAULT_DAYS}) as days from workspaces
    ), old as (
      -- Workspace by workspace, by the index of their times.
      select event.id from kept cross join lateral (
        select id from audit_events
        where workspace_id = kept.id and at < now() - make_interval(days => kept.days) order by at limit ${limit}
      ) as event
      union all (
        select id from audit_events
        where workspace_id is null and at < now() - make_interval(days => ${DEFAULT_DAYS}) order by at limit ${limit}
      )
      limit ${limit}
    )
    delete from audit_events using old where audit_events.id = old.id
  `.execute(db);
  return Number(numAffectedRows ?? 0);
}
