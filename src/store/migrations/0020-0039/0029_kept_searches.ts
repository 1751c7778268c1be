import { sql, type Kysely } from 'kysely';

/** Results of searches for later attempts, the forms of search that accounts accept, and budgets that slow down. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    -- Kept for at most an hour, and no longer than a meeting has the participant.
    create table searched_answers (
      workspace_id text not null references workspaces on delete cascade,
      portal_id bigint not null,
      kind text not null check (kind in ('email', 'domain')),
      -- Normalised like the addresses and domains of participants.
      key text not null,
      -- Empty when HubSpot has no record with it.
      records jsonb not null,
      asked_at timestamptz not null,
      primary key (workspace_id, portal_id, kind, key)
    );
    create index searched_answers_by_age on searched_answers (asked_at);

    -- Whether one search may contain many addresses or domains, tried once per account.
    create table search_forms (
      portal_id bigint not null,
      object_type text not null,
      takes_lists boolean not null,
      valid_until timestamptz not null,
      primary key (portal_id, object_type)
    );

    -- The rate in requests per second after HubSpot refused one, and when that was. The rate rises again over time.
    alter table hubspot_budgets
      add column slowed_rate double precision,
      add column slowed_at timestamptz;
  `.execute(db);
}
