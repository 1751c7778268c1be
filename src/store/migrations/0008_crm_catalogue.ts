import { sql, type Kysely } from 'kysely';

/** When a portal's catalogue was read, what to mirror of its custom objects, and an inbox that can be cleaned cheaply. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create table crm_catalogues (
      portal_id bigint primary key,
      read_at timestamptz not null,
      -- Whether crm_object_types is all that there is; false while HubSpot did not tell.
      object_types_known boolean not null
    );

    -- What reads of such records ask for: their display properties, and pipeline and stage where they have them.
    alter table crm_object_types add column properties text[] not null default '{}';

    create index crm_events_done on crm_events (done_at) where done_at is not null;

    -- Whether a new record's addresses or domains were told, beside its creation.
    create index crm_events_telling on crm_events (portal_id, (records[1]))
      where property_name in ('email', 'hs_additional_emails', 'domain', 'hs_additional_domains');
  `.execute(db);
}
