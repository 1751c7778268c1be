import { sql, type Kysely } from 'kysely';

/**
 * What identifies an activity whose create has an unknown outcome: the values that were sent, because the meeting may be
 * posted with another recording or start time before the outcome is known. Null once it is known.
 */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    alter table engagements
      add column sought_url text,
      add column sought_at timestamptz;
  `.execute(db);
}
