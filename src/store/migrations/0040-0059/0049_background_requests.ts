import { sql, type Kysely } from 'kysely';

/** A pending request that no person waits for, made by a reconciliation or left over by a bulk pass. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`alter table meetings add column sync_in_background boolean not null default false`.execute(db);
}
