import { sql, type Kysely } from 'kysely';

/**
 * Open deals that never had a meeting are mirrored too, from a list that the nightly reconciliation reads.
 * `open_deal_lists` says where the list of an account continues.
 */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`alter table crm_records add column listed_at timestamptz`.execute(db);
  await sql`
    create table open_deal_lists (
      portal_id bigint primary key,
      run_id text not null,
      calls integer not null default 0,
      form text not null default 'search' check (form in ('search', 'pages')),
      after_place text,
      begun_at timestamptz,
      completed_at timestamptz,
      refused boolean not null default false
    )
  `.execute(db);
}
