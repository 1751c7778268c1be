import { sql, type Kysely } from 'kysely';

/** The OpenID Connect provider of a workspace, its e-mail domains, and which member has which account there. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create table oidc_providers (
      workspace_id text primary key references workspaces on delete cascade,
      issuer text not null,
      client_id text not null,
      -- Sealed, as the tokens of HubSpot.
      client_secret text not null,
      groups_claim text not null,
      -- From a group to a role.
      group_roles jsonb not null,
      -- The role of people whom no group names; null if only invited people may sign in.
      default_role text,
      updated_at timestamptz not null default now()
    );

    -- A domain belongs to one workspace.
    create table oidc_domains (
      domain text primary key,
      workspace_id text not null references workspaces on delete cascade
    );
    create index oidc_domains_by_workspace on oidc_domains (workspace_id);

    create table member_identities (
      workspace_id text not null references workspaces on delete cascade,
      issuer text not null,
      subject text not null,
      member_id uuid not null references members on delete cascade,
      -- Whether the member's role came from a group at the last sign-in.
      role_from_groups boolean not null default false,
      linked_at timestamptz not null default now(),
      primary key (workspace_id, issuer, subject)
    );
    create unique index member_identities_by_member on member_identities (member_id, issuer)
  `.execute(db);
}
