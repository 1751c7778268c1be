import { sql } from 'kysely';
import type { Db } from './database';

/** Owners seldom change; a host who becomes a HubSpot user is an owner within the hour. */
const KNOWN_FOR_HOURS = { owner: 24, none: 1 };

/** @returns the owner's id, null for "HubSpot has none", undefined when that is not known (any more) */
export async function cachedOwner(db: Db, portalId: number, email: string): Promise<string | null | undefined> {
  const row = await db
    .selectFrom('hubspot_owners')
    .select('owner_id')
    .where('portal_id', '=', portalId)
    .where('email', '=', email)
    .where(
      sql<boolean>`fetched_at > now() - make_interval(hours => case when owner_id is null then ${KNOWN_FOR_HOURS.none}::int else ${KNOWN_FOR_HOURS.owner}::int end)`,
    )
    .executeTakeFirst();
  return row?.owner_id;
}

/** Keeps what HubSpot said about one address. */
export async function cacheOwner(db: Db, portalId: number, email: string, ownerId: string | null): Promise<void> {
  const values = { owner_id: ownerId, fetched_at: sql<Date>`now()` };
  await db
    .insertInto('hubspot_owners')
    .values({ portal_id: portalId, email, ...values })
    .onConflict((conflict) => conflict.columns(['portal_id', 'email']).doUpdateSet(values))
    .execute();
}
