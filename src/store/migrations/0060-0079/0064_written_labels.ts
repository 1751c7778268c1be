import { sql, type Kysely } from 'kysely';

/** The card in HubSpot names the properties that meetings wrote as people know them. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`alter table field_writes add column label text`.execute(db);
}
