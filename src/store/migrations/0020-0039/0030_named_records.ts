import { sql, type Kysely } from 'kysely';

/** The records, addresses and domains of recent events, which HubSpot's search finds up to half a minute later. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create table named_records (
      portal_id bigint not null,
      kind text not null check (kind in ('email', 'domain')),
      -- Normalised like the addresses and domains of participants.
      key text not null,
      record_id text not null,
      named_at timestamptz not null default now(),
      primary key (portal_id, kind, key, record_id)
    );
    create index named_records_by_age on named_records (named_at);
  `.execute(db);
}
