import { sql, type Kysely } from 'kysely';

/** The browser and the system of a session, so that people recognise their devices. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`alter table sessions add column device text`.execute(db);
}
