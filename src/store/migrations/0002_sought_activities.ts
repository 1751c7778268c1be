import { sql, type Kysely } from 'kysely';

/**
 * How an activity whose create has an unknown outcome is known again: as it was sent, since the meeting may be posted
 * with another recording or start before the outcome is known. Empty once it is known.
 */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    alter table engagements
      add column sought_url text,
      add column sought_at timestamptz;
  `.execute(db);
}
