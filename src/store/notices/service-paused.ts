import { sql } from 'kysely';
import type { DbPool } from '../database';

/** Two servers notice the same pause. The lock lets one of them write its notices. */
const LOCK = 7_012_070;

/**
 * Writes the notice that no worker runs, once for each workspace that wants it.
 *
 * @param since - when a worker was last seen, which identifies the pause
 * @returns the outlets at which a notice of this pause waits
 */
export async function noticeStoppedService(db: DbPool, since: Date): Promise<string[]> {
  const at = since.toISOString();
  return await db.transaction().execute(async (transaction) => {
    await sql`select pg_advisory_xact_lock(${LOCK})`.execute(transaction);
    await sql`
      select put_notice(id, 'service.paused',
        jsonb_build_object('cause', 'service_not_running', 'portalId', null, 'since', ${at}::text, 'until', null))
      from workspaces
      where wants_notice(id, 'service.paused') and not exists (
        select from notices
        where workspace_id = workspaces.id and event = 'service.paused' and data ->> 'since' = ${at}
      )
    `.execute(transaction);
    const { rows } = await sql<{ outlet_id: string }>`
      select distinct outlet_id from notice_deliveries as delivery join notices on notices.position = delivery.notice
      where delivery.state = 'waiting' and delivery.due_at <= clock_timestamp()
        and event = 'service.paused' and data ->> 'since' = ${at}
    `.execute(transaction);
    return rows.map((row) => row.outlet_id);
  });
}
