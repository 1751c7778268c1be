import { sql, type Kysely } from 'kysely';
import type { Db } from './database';
import type { Database } from './schema';

/** A restored backup. Activities written to HubSpot after `since` may be missing in the ledger. */
export interface Restore {
  readonly since: Date;
  readonly notedAt: Date;
}

/**
 * Records that the database was restored to an earlier time, and requests every meeting again that has not ended. Until
 * this is lifted, a meeting's first create looks for an existing activity in HubSpot.
 *
 * @returns how many meetings were requested
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

/** The recorded restore that is not lifted; of several, the one that goes back furthest. Null if there is none. */
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

/** Ends the restore: everything was posted again. @returns false if none was recorded */
export async function liftRestores(db: Db): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('restores')
    .set({ lifted_at: sql<Date>`now()` })
    .where('lifted_at', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
