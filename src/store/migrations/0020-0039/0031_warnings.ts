import { sql, type Kysely } from 'kysely';

/**
 * Warnings about what was left out of a meeting and why. Those of the posted content and those of the passes (by step) are
 * stored separately, because they are replaced at different times.
 */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    alter table meetings
      add column intake_warnings jsonb not null default '[]',
      add column pass_warnings jsonb not null default '{}';

    alter table backfills add column lines_with_warnings integer not null default 0;
    alter table backfill_lines add column warnings jsonb;
  `.execute(db);
}
