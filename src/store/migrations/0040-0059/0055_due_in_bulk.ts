import { sql, type Kysely } from 'kysely';

/**
 * An index of the bulk requests that can be served now. `meetings_bulk_due` also has those whose account needs a person,
 * of which there may be a million.
 */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create index meetings_bulk_ready on meetings (workspace_id, sync_requested_at)
      where sync_in_bulk and sync_requested_at is not null and bulk_token is null
        and not erasing and status not in ('syncing', 'deleted') and status <> 'needs_attention'
  `.execute(db);
}
