import { sql, type Kysely } from 'kysely';

/** When an unfinished meeting was last compared with its run in Temporal. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    alter table meetings add column run_checked_at timestamptz;
    create index meetings_under_way on meetings (coalesce(run_checked_at, '-infinity'))
      where status in ('accepted', 'syncing', 'waiting') and sync_requested_at is null;
  `.execute(db);
}
