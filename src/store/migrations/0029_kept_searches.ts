import { sql, type Kysely } from 'kysely';

/** Search answers that outlast an attempt, what searches an account takes, and budgets that slow down. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    -- Kept for an hour at most, and no longer than a meeting has the participant.
    create table searched_answers (
      workspace_id text not null references workspaces on delete cascade,
      portal_id bigint not null,
      kind text not null check (kind in ('email', 'domain')),
      -- As participants' addresses and domains are compared.
      key text not null,
      -- Empty: HubSpot knows no record with it.
      records jsonb not null,
      asked_at timestamptz not null,
      primary key (workspace_id, portal_id, kind, key)
    );
    create index searched_answers_by_age on searched_answers (asked_at);

    -- Whether one search may name many addresses or domains; asked once per account.
    create table search_forms (
      portal_id bigint not null,
      object_type text not null,
      takes_lists boolean not null,
      valid_until timestamptz not null,
      primary key (portal_id, object_type)
    );

    -- Requests a second after HubSpot refused one, and since when; they rise again by themselves.
    alter table hubspot_budgets
      add column slowed_rate double precision,
      add column slowed_at timestamptz;
  `.execute(db);
}
