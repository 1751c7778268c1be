import { sql, type Kysely } from 'kysely';

/** For privacy deletions: the addresses of contacts, and the deletions that HubSpot has not confirmed yet. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    -- A privacy deletion names a contact that is no longer in HubSpot. These rows lead to its meetings.
    create table known_contacts (
      workspace_id text not null references workspaces on delete cascade,
      portal_id bigint not null,
      record_id text not null,
      -- Normalised like the addresses of participants.
      email text not null,
      primary key (workspace_id, portal_id, record_id, email)
    );
    create index known_contacts_by_email on known_contacts (workspace_id, email);

    create table privacy_deletions (
      portal_id bigint not null,
      record_id text not null,
      told_at timestamptz not null default now(),
      -- Whether the contact has to be checked with HubSpot.
      due boolean not null default true,
      -- Null while HubSpot still has the contact, live or archived.
      erased_at timestamptz,
      primary key (portal_id, record_id)
    );
    create index privacy_deletions_due on privacy_deletions (portal_id) where due;
  `.execute(db);
}
