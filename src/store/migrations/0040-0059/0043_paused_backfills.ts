import { sql, type Kysely } from 'kysely';

/** A paused backfill hands no lines over. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`alter table backfills add column paused_at timestamptz`.execute(db);
}
