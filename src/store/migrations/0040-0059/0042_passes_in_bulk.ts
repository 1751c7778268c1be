import { sql, type Kysely } from 'kysely';

/** The workflow whose run made a pass, if it is not the meeting's own. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`alter table sync_attempts add column workflow_id text`.execute(db);
}
