import { sql, type Kysely } from 'kysely';

/** Workspaces and their keys, the HubSpot connection, meetings, links and the ledger of written activities. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create table workspaces (
      id text primary key check (id ~ '^[a-z0-9][a-z0-9-]{0,39}$'),
      name text not null unique,
      settings jsonb not null default '{}',
      created_at timestamptz not null default now()
    );

    create table api_keys (
      id uuid primary key default gen_random_uuid(),
      workspace_id text not null references workspaces on delete cascade,
      name text not null,
      key_hash bytea not null unique,
      created_at timestamptz not null default now(),
      last_used_at timestamptz,
      revoked_at timestamptz
    );

    create table sign_in_links (
      token_hash bytea primary key,
      workspace_id text not null references workspaces on delete cascade,
      expires_at timestamptz not null,
      used_at timestamptz
    );

    create table sessions (
      id_hash bytea primary key,
      workspace_id text not null references workspaces on delete cascade,
      created_at timestamptz not null default now(),
      expires_at timestamptz not null
    );

    create table oauth_states (
      state_hash bytea primary key,
      workspace_id text not null references workspaces on delete cascade,
      session_hash bytea not null,
      expires_at timestamptz not null
    );

    -- One account per workspace and one workspace per account: two writers would write every meeting twice.
    create table connections (
      workspace_id text primary key references workspaces on delete cascade,
      portal_id bigint not null unique,
      state text not null check (state in ('connected', 'reauthorize')),
      hub_domain text,
      ui_domain text not null,
      time_zone text not null,
      account_type text,
      user_id bigint,
      user_email text,
      scopes text[] not null,
      access_token text not null,
      refresh_token text not null,
      access_token_issued_at timestamptz not null,
      access_token_expires_at timestamptz not null,
      last_error text,
      connected_at timestamptz not null default now(),
      updated_at timestamptz not null default now()
    );

    create table meetings (
      workspace_id text not null references workspaces on delete cascade,
      meeting_id text not null,
      body jsonb,
      body_hash text not null,
      title text not null,
      started_at timestamptz not null,
      status text not null,
      reason jsonb,
      unmatched jsonb not null default '[]',
      portal_id bigint,
      run_id text,
      sync_requested_at timestamptz,
      rewrite boolean not null default false,
      erasing boolean not null default false,
      accepted_at timestamptz not null default now(),
      synced_at timestamptz,
      updated_at timestamptz not null default now(),
      primary key (workspace_id, meeting_id)
    );
    create index meetings_newest on meetings (workspace_id, accepted_at desc, meeting_id desc);
    create index meetings_by_status on meetings (workspace_id, status, accepted_at desc, meeting_id desc);
    create index meetings_outbox on meetings (sync_requested_at) where sync_requested_at is not null;

    -- Keyed by portal, so that a workspace that moves to another account and back still knows what it wrote there.
    create table links (
      workspace_id text not null,
      meeting_id text not null,
      portal_id bigint not null,
      object_type text not null,
      record_id text not null,
      via text not null check (via in ('participant', 'domain', 'cascade', 'manual')),
      from_object_type text,
      from_record_id text,
      position int not null,
      refused text,
      primary key (workspace_id, meeting_id, portal_id, object_type, record_id),
      foreign key (workspace_id, meeting_id) references meetings on delete cascade
    );
    create index links_by_record on links (portal_id, object_type, record_id);

    create table engagements (
      workspace_id text not null,
      meeting_id text not null,
      portal_id bigint not null,
      kind text not null check (kind in ('summary', 'notes')),
      state text not null check (state in ('writing', 'written')),
      object_type text not null,
      hubspot_id text,
      url text,
      content_hash text,
      writing_since timestamptz,
      written_at timestamptz,
      primary key (workspace_id, meeting_id, portal_id, kind),
      foreign key (workspace_id, meeting_id) references meetings on delete cascade,
      check (state = 'writing' or hubspot_id is not null)
    );
    create unique index engagements_by_hubspot_id on engagements (portal_id, object_type, hubspot_id);

    create table engagement_associations (
      workspace_id text not null,
      meeting_id text not null,
      portal_id bigint not null,
      kind text not null,
      object_type text not null,
      record_id text not null,
      primary key (workspace_id, meeting_id, portal_id, kind, object_type, record_id),
      foreign key (workspace_id, meeting_id, portal_id, kind) references engagements on delete cascade
    );

    create table hubspot_budgets (
      portal_id bigint not null,
      budget text not null check (budget in ('requests', 'search', 'associations')),
      next_at timestamptz not null,
      spacing_ms double precision,
      closed_until timestamptz,
      closed_reason text,
      primary key (portal_id, budget)
    );

    create table hubspot_owners (
      portal_id bigint not null,
      email text not null,
      owner_id text,
      fetched_at timestamptz not null default now(),
      primary key (portal_id, email)
    );
  `.execute(db);
}
