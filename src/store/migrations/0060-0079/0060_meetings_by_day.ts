import { sql, type Kysely } from 'kysely';

/** For the list of meetings: its order by the date of the meetings, and imports that a person dismissed. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create index meetings_by_day on meetings (workspace_id, started_at desc, meeting_id desc);
    drop index meetings_by_start;

    alter table backfills add column dismissed_at timestamptz;
  `.execute(db);
}
