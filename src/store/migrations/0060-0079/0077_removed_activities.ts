import { sql, type Kysely } from 'kysely';

/** Our own removals of activities, so that one whose answer was lost is not mistaken for a person's deletion. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`alter table engagements add column removing boolean not null default false`.execute(db);
}
