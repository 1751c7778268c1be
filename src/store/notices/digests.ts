import { sql } from 'kysely';
import type { Db } from '../database';

/** Whether the outlet got a digest since this time. One without anything to report was not sent. */
export async function hadDigestSince(db: Db, outletId: string, since: Date): Promise<boolean> {
  const row = await db
    .selectFrom('notice_deliveries as delivery')
    .innerJoin('notices', 'notices.position', 'delivery.notice')
    .select(sql<boolean>`true`.as('found'))
    .where('delivery.outlet_id', '=', outletId)
    .where('delivery.state', '=', 'delivered')
    .where('delivery.http_status', 'is not', null)
    .where('delivery.tried_at', '>=', since)
    .where('notices.event', '<>', 'outlet.test')
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** What is due at the outlet now waits for the next digest. */
export async function deferToNextDigest(db: Db, outletId: string, next: Date): Promise<void> {
  await db
    .updateTable('notice_deliveries')
    .set({ due_at: next })
    .where('outlet_id', '=', outletId)
    .where('state', '=', 'waiting')
    .where('due_at', '<=', sql<Date>`clock_timestamp()`)
    .execute();
}
