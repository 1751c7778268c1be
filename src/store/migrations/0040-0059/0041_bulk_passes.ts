import { sql, type Kysely } from 'kysely';

/**
 * Passes without a workflow. A pending request may be served by a bulk pass (`sync_in_bulk`), and a bulk pass claims the
 * meetings that it works on (`bulk_token`) until a time that it renews (`bulk_until`).
 */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    alter table meetings
      add column sync_in_bulk boolean not null default false,
      add column bulk_token uuid,
      add column bulk_until timestamptz;
    drop index meetings_outbox;
    create index meetings_outbox on meetings (background, sync_requested_at)
      where sync_requested_at is not null and not sync_in_bulk;
    create index meetings_bulk_due on meetings (workspace_id, sync_requested_at)
      where sync_in_bulk and sync_requested_at is not null;
    create index meetings_bulk_claimed on meetings (bulk_until) where bulk_token is not null;
  `.execute(db);
}
