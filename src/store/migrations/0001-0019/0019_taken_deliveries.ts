import { sql, type Kysely } from 'kysely';

/** Signatures of accepted webhooks. Each signature is accepted once, to stop replays. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create table taken_deliveries (
      signature text primary key,
      taken_at timestamptz not null default now()
    );
    create index taken_deliveries_by_age on taken_deliveries (taken_at);
  `.execute(db);
}
