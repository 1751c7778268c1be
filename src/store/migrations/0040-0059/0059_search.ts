import { sql, type Kysely } from 'kysely';

/** For the search over everything, and for the page that says why a record has a meeting or has none. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    -- Punctuation separates words, so that the parts of addresses and domains are found. Full-text search is a part of
    -- every PostgreSQL, while pg_trgm is an extension.
    -- The bodies are parsed now, because an index is built with an empty search path.
    create function search_words(value text) returns tsvector language sql immutable strict parallel safe
      return to_tsvector('simple'::regconfig, regexp_replace(fold_text(value), '[!-/:-@\\[-\`{-~]+', ' ', 'g'));

    -- Account and type are words, too, so that one index answers for one account and one type.
    create function record_words(portal_id bigint, object_type text, properties jsonb)
    returns tsvector language sql immutable parallel safe
      return array_to_tsvector(array['portal:' || portal_id, 'type:' || object_type]) || search_words(
        case object_type
          when 'contacts' then coalesce(properties ->> 'firstname', '') || ' ' || coalesce(properties ->> 'lastname', '') || ' '
            || coalesce(properties ->> 'email', '') || ' ' || coalesce(properties ->> 'hs_additional_emails', '')
          when 'companies' then coalesce(properties ->> 'name', '') || ' ' || coalesce(properties ->> 'domain', '') || ' '
            || coalesce(properties ->> 'hs_additional_domains', '')
          when 'deals' then coalesce(properties ->> 'dealname', '')
          else ''
        end);
    create index crm_records_search on crm_records using gin (record_words(portal_id, object_type, properties))
      where properties is not null and not archived and merged_into is null;

    create index manual_links_unlinked on manual_links (workspace_id, object_type, record_id) where choice = 'unlinked';

    -- A digest of the recording's address without its query: addresses are long, and may name a second of the recording.
    create table meeting_recordings (
      workspace_id text not null,
      meeting_id text not null,
      recording_key text not null,
      primary key (workspace_id, meeting_id),
      foreign key (workspace_id, meeting_id) references meetings on delete cascade
    );
    create function recording_key_of(url text) returns text language sql immutable strict parallel safe as $$
      select md5(regexp_replace(url, '[?#].*$', ''))
    $$;
    create function list_recording() returns trigger language plpgsql as $$
    begin
      if new.body ->> 'recordingUrl' is null then
        delete from meeting_recordings where workspace_id = new.workspace_id and meeting_id = new.meeting_id;
      else
        insert into meeting_recordings
        values (new.workspace_id, new.meeting_id, recording_key_of(new.body ->> 'recordingUrl'))
        on conflict (workspace_id, meeting_id) do update set recording_key = excluded.recording_key;
      end if;
      return null;
    end
    $$;
    create trigger meetings_recorded after insert or update of body on meetings
      for each row execute function list_recording();
    insert into meeting_recordings
    select workspace_id, meeting_id, recording_key_of(body ->> 'recordingUrl') from meetings
    where body ->> 'recordingUrl' is not null;
    create index meeting_recordings_by_key on meeting_recordings (workspace_id, recording_key);
  `.execute(db);
}
