import { sql, type Kysely } from 'kysely';

/**
 * When a record was created and closed in HubSpot, parsed once per change instead of 40,000 times per report. The
 * `crm_time` of 0010 never matched, because its patterns had lost their backslashes.
 */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    drop function crm_time(text);

    -- Parses a time of a HubSpot property, ISO 8601 or milliseconds; null for anything else. A text must have an offset,
    -- so that its meaning depends on no setting.
    create function crm_time(value text) returns timestamptz language plpgsql immutable strict as $$
    begin
      if value ~ '^\\d{1,13}$' then
        return to_timestamp(value::float8 / 1000);
      elsif value ~ '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d(:\\d\\d(\\.\\d+)?)?(Z|[+-]\\d\\d:?\\d\\d)$' then
        return value::timestamptz;
      end if;
      return null;
    exception when data_exception then
      return null;
    end
    $$;

    alter table crm_records
      add column record_created_at timestamptz generated always as (crm_time(properties ->> 'createdate')) stored,
      add column record_closed_at timestamptz generated always as (crm_time(properties ->> 'closedate')) stored;
  `.execute(db);
}
