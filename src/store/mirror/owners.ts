import { sql } from 'kysely';
import type { Db, DbPool } from '../database';
import { merged } from '../merged';

/** Owners rarely change. A host who becomes a HubSpot user is found as an owner within an hour. */
const KNOWN_FOR_HOURS = { owner: 24, none: 1 };

/** The address of a row that marks the list of owners as complete, so that all other addresses have no owner. */
const ALL_OWNERS = '*';

/** @returns the owner's id, null when HubSpot has no owner with this address, or undefined when the cache has no answer */
export async function cachedOwner(db: Db, portalId: number, email: string): Promise<string | null | undefined> {
  return await cachedOwners(db, { portalId, email });
}

const cachedOwners = merged(async (db, asked: readonly { readonly portalId: number; readonly email: string }[]) => {
  const rows = await db
    .selectFrom('hubspot_owners')
    .select(['portal_id', 'email', 'owner_id'])
    .where('portal_id', 'in', [...new Set(asked.map(({ portalId }) => portalId))])
    .where('email', 'in', [ALL_OWNERS, ...new Set(asked.map(({ email }) => email))])
    .where(
      sql<boolean>`fetched_at > now() - make_interval(hours => case when owner_id is null then ${KNOWN_FOR_HOURS.none}::int else ${KNOWN_FOR_HOURS.owner}::int end)`,
    )
    .execute();
  const known = new Map(rows.map((row) => [`${row.portal_id}/${row.email}`, row.owner_id]));
  return asked.map(({ portalId, email }) => {
    const own = known.get(`${portalId}/${email}`);
    return own === undefined ? known.get(`${portalId}/${ALL_OWNERS}`) : own;
  });
});

/** Caches HubSpot's answer for one address. */
export async function cacheOwner(db: Db, portalId: number, email: string, ownerId: string | null): Promise<void> {
  const values = { owner_id: ownerId, fetched_at: sql<Date>`now()` };
  await db
    .insertInto('hubspot_owners')
    .values({ portal_id: portalId, email, ...values })
    .onConflict((conflict) => conflict.columns(['portal_id', 'email']).doUpdateSet(values))
    .execute();
}

/** Replaces the cache by all active owners of the account. */
export async function cacheAllOwners(
  db: DbPool,
  portalId: number,
  owners: readonly { readonly id: string; readonly email: string }[],
): Promise<void> {
  const byEmail = new Map<string, string | null>([
    [ALL_OWNERS, null],
    ...owners.map(({ id, email }) => [email, id] as const),
  ]);
  // In one order, so that two concurrent reads wait for each other and do not deadlock.
  const emails = [...byEmail.keys()].toSorted();
  await db.transaction().execute(async (transaction) => {
    await transaction
      .insertInto('hubspot_owners')
      .values(
        emails.map((email) => ({
          portal_id: portalId,
          email,
          owner_id: byEmail.get(email) ?? null,
          fetched_at: sql<Date>`now()`,
        })),
      )
      .onConflict((conflict) =>
        conflict.columns(['portal_id', 'email']).doUpdateSet((row) => ({
          owner_id: row.ref('excluded.owner_id'),
          fetched_at: row.ref('excluded.fetched_at'),
        })),
      )
      .execute();
    await transaction
      .deleteFrom('hubspot_owners')
      .where('portal_id', '=', portalId)
      .where(sql<boolean>`email <> all(${emails}::text[])`)
      .execute();
  });
}
