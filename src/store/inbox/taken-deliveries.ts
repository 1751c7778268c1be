import { sql } from 'kysely';
import type { Db } from '../database';

/** Older signatures are rejected as too old: after five minutes, plus one minute of clock difference. */
const KEPT_MINUTES = 10;

/**
 * Records that a delivery was accepted, to stop replays. Call it in the transaction that stores the events, so that
 * HubSpot can repeat a delivery that was not stored.
 *
 * @returns false when the delivery was accepted before
 */
export async function takeDelivery(db: Db, signature: string): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('taken_deliveries')
    .values({ signature })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow();
  return (numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** Deletes the signatures of deliveries that are too old to be accepted again. */
export async function deleteOldDeliveries(db: Db): Promise<void> {
  await db
    .deleteFrom('taken_deliveries')
    .where('taken_at', '<', sql<Date>`now() - make_interval(mins => ${KEPT_MINUTES})`)
    .execute();
}
