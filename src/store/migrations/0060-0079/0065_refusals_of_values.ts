import { sql, type Kysely } from 'kysely';

/** HubSpot's refusal of a value may quote it. The value's own row has it, and goes with the content of its meeting. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`alter table field_writes drop column answer`.execute(db);
}
