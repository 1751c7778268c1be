import { sql, type Kysely } from 'kysely';

/** Members and their sessions, links for a HubSpot admin without an account here, and how much HubSpot was called. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create table members (
      id uuid primary key default gen_random_uuid(),
      workspace_id text not null references workspaces on delete cascade,
      -- Lower case.
      email text not null,
      name text,
      invited_by text not null,
      invited_at timestamptz not null default now(),
      signed_in_at timestamptz,
      unique (workspace_id, email)
    );

    alter table api_keys add column made_by text;

    alter table sign_in_links
      add column member_id uuid references members on delete cascade,
      add column api_key_id uuid references api_keys on delete cascade;
    create index sign_in_links_by_member on sign_in_links (member_id);

    -- Of a session, the page may show this id; its token's hash stays inside.
    alter table sessions
      add column id uuid not null unique default gen_random_uuid(),
      add column member_id uuid references members on delete cascade,
      add column api_key_id uuid references api_keys on delete cascade,
      add column seen_at timestamptz not null default now();
    create index sessions_by_workspace on sessions (workspace_id, created_at);

    create table admin_links (
      id uuid primary key default gen_random_uuid(),
      workspace_id text not null references workspaces on delete cascade,
      token_hash bytea not null unique,
      made_by text not null,
      -- Who made it, where they did by name: whoever gets the link is told.
      member_id uuid references members on delete set null,
      made_at timestamptz not null default now(),
      expires_at timestamptz not null,
      -- Once a connection was made through it; for a moment also while one is being made.
      used_at timestamptz,
      revoked_at timestamptz
    );
    create index admin_links_newest on admin_links (workspace_id, made_at desc);

    -- For a state that was begun with an admin's link, session_hash is of that browser's cookie, not of a session.
    alter table oauth_states add column admin_link_id uuid references admin_links on delete cascade;

    create table hubspot_calls (
      portal_id bigint not null,
      -- In the account's time zone, where HubSpot's day ends.
      day date not null,
      calls bigint not null,
      primary key (portal_id, day)
    );

    create table hubspot_answers (
      portal_id bigint primary key,
      answered_at timestamptz,
      -- Since when and how often in a row it has not answered; null and 0 once it answered again.
      silent_since timestamptz,
      failures bigint not null default 0,
      tried_at timestamptz not null
    );

    create index crm_events_newest on crm_events (portal_id, received_at desc);
    create index meetings_last_synced on meetings (workspace_id, synced_at desc) where synced_at is not null;
  `.execute(db);
}
