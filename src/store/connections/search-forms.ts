import { sql } from 'kysely';
import type { Db } from '../database';

/** @returns whether the account's searches accept lists of values for the object type; null when that is not known */
export async function findSearchForm(db: Db, portalId: number, objectType: string): Promise<boolean | null> {
  const row = await db
    .selectFrom('search_forms')
    .select('takes_lists')
    .where((where) => where.and({ portal_id: portalId, object_type: objectType }))
    .where('valid_until', '>', sql<Date>`now()`)
    .executeTakeFirst();
  return row?.takes_lists ?? null;
}

/** Stores whether searches accept lists, for `days` days. */
export async function saveSearchForm(
  db: Db,
  form: { portalId: number; objectType: string; takesLists: boolean; days: number },
): Promise<void> {
  await sql`
    insert into search_forms (portal_id, object_type, takes_lists, valid_until)
    values (${form.portalId}, ${form.objectType}, ${form.takesLists}, now() + make_interval(days => ${form.days}))
    on conflict (portal_id, object_type) do update
      set takes_lists = excluded.takes_lists, valid_until = excluded.valid_until
  `.execute(db);
}
