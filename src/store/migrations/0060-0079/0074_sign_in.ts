import { sql, type Kysely } from 'kysely';

/** How a session began, when it was used last, and what each workspace allows: ways to sign in and time-outs. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    alter table sessions
      add column method text not null default 'link' check (method in ('link', 'hubspot', 'oidc')),
      add column address text,
      add column authenticated_at timestamptz not null default now(),
      add column active_at timestamptz not null default now();
    update sessions set authenticated_at = created_at, active_at = seen_at;

    -- A link of the operator works also where links are switched off.
    alter table sign_in_links add column rescue boolean not null default false;

    create table sign_in_settings (
      workspace_id text primary key references workspaces on delete cascade,
      links boolean not null default true,
      super_admins boolean not null default false,
      -- Null: a session does not end for being idle.
      idle_minutes integer,
      member_hours integer not null default 336,
      anonymous_hours integer not null default 12,
      -- When an admin last signed in that way. Links can be switched off only after another way has worked.
      hubspot_worked_at timestamptz,
      oidc_worked_at timestamptz
    );

    -- Sign-ins that are under way at HubSpot or at a provider.
    create table sign_in_flows (
      state_hash bytea primary key,
      method text not null check (method in ('hubspot', 'oidc')),
      browser_hash bytea not null,
      workspace_id text references workspaces on delete cascade,
      -- What the person does: sign in, confirm a session, or show to be a Super Admin.
      purpose text not null check (purpose in ('sign_in', 'confirm', 'super_admin')),
      -- The session that is confirmed.
      session_hash bytea,
      created_at timestamptz not null default now(),
      expires_at timestamptz not null
    );

    -- Forms that wait until the person has signed in once more. The fields are sealed.
    create table pending_forms (
      token_hash bytea primary key,
      workspace_id text not null references workspaces on delete cascade,
      member_id uuid references members on delete cascade,
      path text not null,
      fields text not null,
      expires_at timestamptz not null
    );

    -- People who were removed do not come back by single sign-on. Hashes of their addresses and identities.
    create table removed_people (
      workspace_id text not null references workspaces on delete cascade,
      person_hash bytea not null,
      removed_at timestamptz not null default now(),
      primary key (workspace_id, person_hash)
    )
  `.execute(db);
}
