import { sql, type Kysely } from 'kysely';

/** Also finds finished meetings whose next pass was lost before it began. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    drop index meetings_under_way;
    create index meetings_under_way on meetings (coalesce(run_checked_at, '-infinity'))
      where (
        status in ('accepted', 'syncing', 'waiting')
        or (status in ('synced', 'skipped') and asked_at > coalesce(begun_at, '-infinity') and coalesce(reason ->> 'code', '') <> 'cancelled')
      ) and sync_requested_at is null;
  `.execute(db);
}
