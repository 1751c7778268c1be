import { sql, type Kysely } from 'kysely';

/** Finds the records that were merged into a record. They are few among all mirrored ones. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create index crm_records_merged on crm_records (portal_id, object_type, merged_into) where merged_into is not null;
  `.execute(db);
}
