import { sql, type Kysely } from 'kysely';

/** Associations of ours with records that are gone: they come back with the record, and then somebody must know them. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    alter table engagement_associations add column gone_at timestamptz;
  `.execute(db);
}
