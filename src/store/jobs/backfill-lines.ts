import { sql } from 'kysely';
import type { Db } from '../database';

/** Lines of an ended backfill stay this long: they count its meetings as they are now, and list its invalid lines. */
const KEPT_DAYS = 40;

/** Whether the lines of a backfill are due for deletion. Then the counts of its end remain. */
export const WITHOUT_LINES = sql<boolean>`coalesce(backfills.finished_at < now() - make_interval(days => ${sql.lit(KEPT_DAYS)}), false)`;

/** Deletes lines of backfills that ended long ago. @returns the number of deleted lines, at most `limit` */
export async function deleteOldLines(db: Db, limit: number): Promise<number> {
  const { numAffectedRows } = await sql`
    with old as (
      select lines.backfill_id, lines.line from backfills
      cross join lateral (
        select backfill_id, line from backfill_lines where backfill_id = backfills.id order by line limit ${limit}
      ) as lines
      where ${WITHOUT_LINES}
      limit ${limit}
    )
    delete from backfill_lines using old
    where backfill_lines.backfill_id = old.backfill_id and backfill_lines.line = old.line
  `.execute(db);
  return Number(numAffectedRows ?? 0);
}
