import { sql, type Kysely } from 'kysely';

/** Signatures of webhooks that were taken: who has listened in must not send one again. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create table taken_deliveries (
      signature text primary key,
      taken_at timestamptz not null default now()
    );
    create index taken_deliveries_by_age on taken_deliveries (taken_at);
  `.execute(db);
}
