import { sql, type Kysely } from 'kysely';

/** The meetings of erased people, and one contact per address. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    -- The activities of such a meeting are removed from HubSpot, not only their associations.
    alter table meetings add column person_erased boolean not null default false;

    -- An address belongs to one contact.
    delete from known_contacts;
    alter table known_contacts drop constraint known_contacts_pkey, add primary key (workspace_id, portal_id, email);
    drop index known_contacts_by_email;
    create index known_contacts_by_record on known_contacts (workspace_id, portal_id, record_id);
  `.execute(db);
}
