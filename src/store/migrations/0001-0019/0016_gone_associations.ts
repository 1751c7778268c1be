import { sql, type Kysely } from 'kysely';

/** Our associations with deleted records. HubSpot restores them with the record, so the ledger must keep them. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    alter table engagement_associations add column gone_at timestamptz;
  `.execute(db);
}
