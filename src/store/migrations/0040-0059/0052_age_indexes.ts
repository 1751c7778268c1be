import { sql, type Kysely } from 'kysely';

/**
 * Finds what is old enough to be deleted without reading the whole table: expired content once a minute, old privacy
 * deletions once a second.
 */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create index meetings_with_content on meetings (workspace_id, posted_at) where body is not null;
    create index privacy_deletions_by_age on privacy_deletions (told_at);
  `.execute(db);
}
