import { sql, type Selectable } from 'kysely';
import type { Db, DbPool } from '../database';
import type { Database } from '../schema';

/** How far the list of an account's open deals has been read. */
export type OpenDealList = Selectable<Database['open_deal_lists']>;

/** A deal of the list. */
export interface ListedDeal {
  readonly id: string;
  readonly properties: Readonly<Record<string, string | null>>;
}

/** Where the list continues. `after` is null at its beginning. */
interface Place {
  readonly form: 'search' | 'pages';
  readonly after: string | null;
}

/** Finds how far the list has been read; null before the first read. */
export async function findOpenDealList(db: Db, portalId: number): Promise<OpenDealList | null> {
  const row = await db.selectFrom('open_deal_lists').selectAll().where('portal_id', '=', portalId).executeTakeFirst();
  return row ?? null;
}

/**
 * Continues the list that an earlier run did not complete, or begins a new one. A run that repeats after a failure keeps
 * its number of calls.
 *
 * @param runId - the reconciliation that reads it
 */
export async function continueOpenDeals(db: Db, portalId: number, runId: string): Promise<OpenDealList> {
  const { rows } = await sql<OpenDealList>`
    insert into open_deal_lists as list (portal_id, run_id, begun_at) values (${portalId}, ${runId}, clock_timestamp())
    on conflict (portal_id) do update set
      run_id = excluded.run_id,
      calls = case when list.run_id = excluded.run_id then list.calls else 0 end,
      begun_at = coalesce(list.begun_at, excluded.begun_at),
      refused = false
    returning *
  `.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Error('an upsert returned no row');
  return row;
}

/**
 * Stores one page of the list and where it continues. Deals that are mirrored because of a meeting stay as they are: the
 * reconciliation has just read them.
 *
 * @param readFrom - when the read began (`timeOfReading`)
 */
export async function saveOpenDeals(
  db: DbPool,
  portalId: number,
  deals: readonly ListedDeal[],
  { next, readFrom }: { readonly next: Place; readonly readFrom: string },
): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    await sql`
      insert into crm_records as record (portal_id, object_type, record_id, properties, read_at, listed_at)
      select ${portalId}, 'deals', record_id, properties, ${readFrom}::timestamptz, clock_timestamp()
      from unnest(${deals.map(({ id }) => id)}::text[], ${deals.map(({ properties }) => JSON.stringify(properties))}::jsonb[])
        as listed (record_id, properties)
      -- Leaves out deals of meetings, so that their rows are not locked.
      where not exists (
        select from crm_records as known
        where known.portal_id = ${portalId} and known.object_type = 'deals' and known.record_id = listed.record_id
          and known.listed_at is null
      )
      order by record_id
      on conflict (portal_id, object_type, record_id) do update set
        properties = excluded.properties, archived = false, merged_into = null, read_at = excluded.read_at,
        listed_at = excluded.listed_at
      where record.listed_at is not null and record.read_at <= excluded.read_at
    `.execute(transaction);
    await transaction
      .updateTable('open_deal_lists')
      .set({ form: next.form, after_place: next.after, calls: sql<number>`calls + 1` })
      .where('portal_id', '=', portalId)
      .execute();
  });
}

/** Ends a list. Deletes the deals that it no longer has, because they are closed or deleted by now. */
export async function completeOpenDeals(db: DbPool, portalId: number): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    await sql`
      delete from crm_records using open_deal_lists as list
      where list.portal_id = ${portalId} and crm_records.portal_id = list.portal_id and object_type = 'deals'
        and listed_at < list.begun_at
    `.execute(transaction);
    await sql`
      update open_deal_lists set after_place = null, begun_at = null, completed_at = clock_timestamp()
      where portal_id = ${portalId}
    `.execute(transaction);
  });
}

/** Records that HubSpot does not let the app list the account's deals. */
export async function refuseOpenDeals(db: Db, portalId: number, runId: string): Promise<void> {
  await sql`
    insert into open_deal_lists (portal_id, run_id, refused) values (${portalId}, ${runId}, true)
    on conflict (portal_id) do update set refused = true
  `.execute(db);
}
