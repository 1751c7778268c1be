import { sql, type Kysely } from 'kysely';

/** Custom objects are found by their names, and amounts without a currency are in the account's. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    -- Null until the details of the account are read again.
    alter table connections add column currency text;

    -- What a custom object is called depends on its type, which an index cannot look up. All values are words, except
    -- those that every type has.
    drop index crm_records_search;
    create or replace function record_words(portal_id bigint, object_type text, properties jsonb)
    returns tsvector language sql immutable parallel safe
      return array_to_tsvector(array['portal:' || portal_id, 'type:' || object_type]) || search_words(
        case object_type
          when 'contacts' then coalesce(properties ->> 'firstname', '') || ' ' || coalesce(properties ->> 'lastname', '') || ' '
            || coalesce(properties ->> 'email', '') || ' ' || coalesce(properties ->> 'hs_additional_emails', '')
          when 'companies' then coalesce(properties ->> 'name', '') || ' ' || coalesce(properties ->> 'domain', '') || ' '
            || coalesce(properties ->> 'hs_additional_domains', '')
          when 'deals' then coalesce(properties ->> 'dealname', '')
          else coalesce((
            select string_agg(value, ' ') from jsonb_each_text(properties)
            where key not in ('hs_pipeline', 'hs_pipeline_stage', 'hubspot_owner_id', 'hs_createdate')
          ), '')
        end);
    create index crm_records_search on crm_records using gin (record_words(portal_id, object_type, properties))
      where properties is not null and not archived and merged_into is null;
  `.execute(db);
}
