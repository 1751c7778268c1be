import { sql, type Kysely } from 'kysely';

/** Finds merges among the events of an account. They are few, so the index stays small. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`create index crm_events_merges on crm_events (portal_id) where kind = 'merge'`.execute(db);
}
