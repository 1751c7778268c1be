import { sql, type Kysely } from 'kysely';

/** What privacy deletions need: who a contact was, and which deletions HubSpot has not confirmed yet. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    -- A privacy deletion names a contact that HubSpot no longer has: by these rows its meetings are found.
    create table known_contacts (
      workspace_id text not null references workspaces on delete cascade,
      portal_id bigint not null,
      record_id text not null,
      -- As participants' addresses are compared.
      email text not null,
      primary key (workspace_id, portal_id, record_id, email)
    );
    create index known_contacts_by_email on known_contacts (workspace_id, email);

    create table privacy_deletions (
      portal_id bigint not null,
      record_id text not null,
      told_at timestamptz not null default now(),
      -- HubSpot is to be asked about the contact.
      due boolean not null default true,
      -- Null: HubSpot still has the contact, archived or not.
      erased_at timestamptz,
      primary key (portal_id, record_id)
    );
    create index privacy_deletions_due on privacy_deletions (portal_id) where due;
  `.execute(db);
}
