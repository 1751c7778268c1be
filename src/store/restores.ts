import { sql, type Kysely } from 'kysely';
import type { Db } from './database';
import type { Database } from './schema';

/** A backup that was restored: what was written to HubSpot after `since` may be unknown here. */
export interface Restore {
  readonly since: Date;
  readonly notedAt: Date;
}

/**
 * Notes that the database was put back to an earlier time, and asks again for every meeting that is not at rest. Until it
 * is lifted, a meeting's first create begins with a look into HubSpot.
 *
 * @returns how many meetings were asked for
 */
export async function noteRestore(db: Kysely<Database>, since: Date): Promise<number> {
  return await db.transaction().execute(async (transaction) => {
    await transaction.insertInto('restores').values({ since }).execute();
    const { numUpdatedRows } = await transaction
      .updateTable('meetings')
      .set({ sync_requested_at: sql<Date>`now()` })
      .where('status', 'in', ['accepted', 'syncing', 'waiting', 'needs_attention'])
      .executeTakeFirst();
    return Number(numUpdatedRows);
  });
}

/** The restored backup that was noted and not lifted; of several the one that goes back furthest. Null when there is none. */
export async function openRestore(db: Db): Promise<Restore | null> {
  const row = await db
    .selectFrom('restores')
    .select(['since', 'noted_at'])
    .where('lifted_at', 'is', null)
    .orderBy('since')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? null : { since: row.since, notedAt: row.noted_at };
}

/** Everything was posted again: creates no longer begin with a look. @returns false when none was noted */
export async function liftRestores(db: Db): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('restores')
    .set({ lifted_at: sql<Date>`now()` })
    .where('lifted_at', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
