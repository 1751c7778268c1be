import { sql, type Kysely } from 'kysely';

/** Members and their sessions, links for a HubSpot admin without an account here, and counts of HubSpot requests. */
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

    -- Pages may show this id of a session, but not the hash of its token.
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
      -- The member who created it, shown to the recipient. Null when an API key did.
      member_id uuid references members on delete set null,
      made_at timestamptz not null default now(),
      expires_at timestamptz not null,
      -- Set while a connection is being made with it, and afterwards.
      used_at timestamptz,
      revoked_at timestamptz
    );
    create index admin_links_newest on admin_links (workspace_id, made_at desc);

    -- For a state that was created with an admin link, session_hash is the hash of a cookie, not of a session.
    alter table oauth_states add column admin_link_id uuid references admin_links on delete cascade;

    create table hubspot_calls (
      portal_id bigint not null,
      -- In the account's time zone, because HubSpot's daily limit resets at its midnight.
      day date not null,
      calls bigint not null,
      primary key (portal_id, day)
    );

    create table hubspot_answers (
      portal_id bigint primary key,
      answered_at timestamptz,
      -- The first of the consecutive requests without a response, and their number; null and 0 after a response.
      silent_since timestamptz,
      failures bigint not null default 0,
      tried_at timestamptz not null
    );

    create index crm_events_newest on crm_events (portal_id, received_at desc);
    create index meetings_last_synced on meetings (workspace_id, synced_at desc) where synced_at is not null;
  `.execute(db);
}
