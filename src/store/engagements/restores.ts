import { sql } from 'kysely';
import { OPERATOR } from '../audit/actor';
import { recordAudit } from '../audit/record-audit';
import type { Db, DbPool } from '../database';
import { merged } from '../merged';
import { requeueMany } from '../meetings/requeue-many';

/** A restored backup. Activities written to HubSpot after `since` may be missing in the ledger. */
export interface Restore {
  readonly since: Date;
  readonly notedAt: Date;
}

/**
 * Records that the database was restored to an earlier time, and requests all unfinished syncs again. Until this is
 * lifted, a sync searches HubSpot for an existing activity before a meeting's first create.
 *
 * @returns the number of requested syncs
 */
export async function recordRestore(db: DbPool, since: Date): Promise<number> {
  return await db.transaction().execute(async (transaction) => {
    await transaction.insertInto('restores').values({ since }).execute();
    let requested = 0;
    for (const { id } of await transaction.selectFrom('workspaces').select('id').execute()) {
      // oxlint-disable-next-line no-await-in-loop -- one statement after the other within a transaction
      const meetings = await requeueMany(transaction, id, { kind: 'unfinished' }, 'backup_restored');
      // oxlint-disable-next-line no-await-in-loop -- as above
      await recordAudit(transaction, OPERATOR, {
        workspaceId: id,
        action: 'workspace.restore',
        after: { since: since.toISOString(), meetings },
      });
      requested += meetings;
    }
    return requested;
  });
}

/** @returns the recorded restore that is not lifted, or null. Of several, the one that goes back furthest */
export async function openRestore(db: Db): Promise<Restore | null> {
  return await openRestores(db, 'open');
}

const openRestores = merged(async (db, asked: readonly 'open'[]): Promise<(Restore | null)[]> => {
  const row = await db
    .selectFrom('restores')
    .select(['since', 'noted_at'])
    .where('lifted_at', 'is', null)
    .orderBy('since')
    .limit(1)
    .executeTakeFirst();
  return asked.map(() => (row === undefined ? null : { since: row.since, notedAt: row.noted_at }));
});

/** Lifts all restores, after everything was posted again. @returns false if none was recorded */
export async function liftRestores(db: Db): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('restores')
    .set({ lifted_at: sql<Date>`now()` })
    .where('lifted_at', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
