import { sql } from 'kysely';
import type { Db } from './database';

/** Older signatures are refused for their age: five minutes, and one that HubSpot's clock may be ahead. */
const KEPT_MINUTES = 10;

/**
 * Notes that a delivery is taken. To be called in the transaction that stores its events: what fails there may come
 * again as it was.
 *
 * @returns false when it was taken before
 */
export async function takeDelivery(db: Db, signature: string): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('taken_deliveries')
    .values({ signature })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow();
  return (numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** Forgets deliveries that are too old to be accepted again. */
export async function forgetOldDeliveries(db: Db): Promise<void> {
  await db
    .deleteFrom('taken_deliveries')
    .where('taken_at', '<', sql<Date>`now() - make_interval(mins => ${KEPT_MINUTES})`)
    .execute();
}
