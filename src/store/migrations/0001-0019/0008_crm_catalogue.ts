import { sql, type Kysely } from 'kysely';

/** When a portal's catalogue was read, which properties of custom objects to mirror, and indexes of the inbox. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create table crm_catalogues (
      portal_id bigint primary key,
      read_at timestamptz not null,
      -- Whether crm_object_types is complete; false while HubSpot has not returned the list.
      object_types_known boolean not null
    );

    -- The properties to read: the display properties, and pipeline and stage if the type has them.
    alter table crm_object_types add column properties text[] not null default '{}';

    create index crm_events_done on crm_events (done_at) where done_at is not null;

    -- Finds events with the address or domain of a new record, which HubSpot sends besides the creation event.
    create index crm_events_telling on crm_events (portal_id, (records[1]))
      where property_name in ('email', 'hs_additional_emails', 'domain', 'hs_additional_domains');
  `.execute(db);
}
