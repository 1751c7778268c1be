import { sql, type Kysely } from 'kysely';

/** Addresses of contacts. A privacy deletion names a contact that is no longer in HubSpot and may have been deleted before. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    alter table crm_records add column addresses text[] not null default '{}';
    update crm_records
    set addresses = array_remove(string_to_array(
      concat_ws(';', properties ->> 'email', properties ->> 'hs_additional_emails'), ';'), '')
    where object_type = 'contacts' and properties is not null;
  `.execute(db);
}
