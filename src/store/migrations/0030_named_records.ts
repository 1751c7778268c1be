import { sql, type Kysely } from 'kysely';

/** Which records events named lately, and by which addresses and domains: search knows them up to half a minute later. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create table named_records (
      portal_id bigint not null,
      kind text not null check (kind in ('email', 'domain')),
      -- As participants' addresses and domains are compared.
      key text not null,
      record_id text not null,
      named_at timestamptz not null default now(),
      primary key (portal_id, kind, key, record_id)
    );
    create index named_records_by_age on named_records (named_at);
  `.execute(db);
}
