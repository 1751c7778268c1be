import { sql, type Kysely } from 'kysely';

/** Whether a pass began after its request: a request that Temporal has accepted is not running yet. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    alter table meetings
      -- The newest request that Temporal has accepted.
      add column asked_at timestamptz,
      -- When the last pass began.
      add column begun_at timestamptz;
  `.execute(db);
}
