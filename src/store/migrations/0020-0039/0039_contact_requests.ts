import { sql, type Kysely } from 'kysely';

/** Whether a person requested that the next pass creates the participant's contact in HubSpot. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`alter table meeting_participants add column contact_requested boolean not null default false`.execute(db);
}
