import { sql, type Kysely } from 'kysely';

/** What only the account can tell: where its data are, and whether it erases activities for good (null: not asked). */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    alter table connections
      add column data_location text,
      add column erases_activities boolean;
  `.execute(db);
}
