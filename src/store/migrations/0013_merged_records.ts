import { sql, type Kysely } from 'kysely';

/** Finds, for a record, those that were merged into it: few among the many that are mirrored. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create index crm_records_merged on crm_records (portal_id, object_type, merged_into) where merged_into is not null;
  `.execute(db);
}
