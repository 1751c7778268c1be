import { sql, type Kysely } from 'kysely';

/** Facts about the account: the location of its data, and whether it erases activities permanently (null: not read). */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    alter table connections
      add column data_location text,
      add column erases_activities boolean;
  `.execute(db);
}
