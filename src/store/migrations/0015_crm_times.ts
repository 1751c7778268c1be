import { sql, type Kysely } from 'kysely';

/**
 * When a record was created and closed in HubSpot, read once a change instead of 40,000 times a report. `crm_time` as
 * 0010 made it knew no time at all: its patterns had lost their backslashes.
 */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    drop function crm_time(text);

    -- A time as HubSpot's properties have it, ISO 8601 or milliseconds; null for anything else. With its offset in it,
    -- what a text means depends on no setting.
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
