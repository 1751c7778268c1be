import { sql, type Kysely } from 'kysely';

/** For the pages about meetings: a narrow table for lists and searches, and the history of every sync. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    -- Applied to stored texts and searches, so that "garcia" finds "García" with any locale of the database.
    create function fold_text(value text) returns text language sql immutable strict parallel safe as $$
      select lower(regexp_replace(normalize(value, NFKD), '[\\u0300-\\u036f]', '', 'g'))
    $$;

    create table meeting_listings (
      workspace_id text not null,
      meeting_id text not null,
      -- Names (or addresses) of the first few participants without the host, external ones first.
      participants jsonb not null,
      participant_count int not null,
      score double precision,
      score_max double precision,
      -- Folded: meeting id, title, and names and addresses of all participants.
      search_text text not null,
      primary key (workspace_id, meeting_id),
      foreign key (workspace_id, meeting_id) references meetings on delete cascade
    );

    create function listing_of(given_workspace_id text, given_meeting_id text, title text, body jsonb)
    returns setof meeting_listings language sql stable as $$
      with people as (
        select
          nullif(person ->> 'name', '') as name, nullif(person ->> 'email', '') as email, position,
          coalesce(person ->> 'internal', '') = 'true' as internal,
          lower(coalesce(person ->> 'email', '')) = lower(coalesce(body #>> '{host,email}', '')) as is_host
        from jsonb_array_elements(case when jsonb_typeof(body -> 'participants') = 'array' then body -> 'participants' else '[]' end)
          with ordinality as given (person, position)
      ), others as (
        select coalesce(name, email) as called, row_number() over (order by internal, position) as rank
        from people where not is_host and coalesce(name, email) is not null
      )
      select
        given_workspace_id,
        given_meeting_id,
        coalesce((select jsonb_agg(called order by rank) from others where rank <= 3), '[]'),
        (select count(*) from others)::int,
        case when jsonb_typeof(body #> '{summary,aiScore,value}') = 'number' then (body #>> '{summary,aiScore,value}')::double precision end,
        case when jsonb_typeof(body #> '{summary,aiScore,max}') = 'number' then (body #>> '{summary,aiScore,max}')::double precision end,
        fold_text(concat_ws(E'\\n', given_meeting_id, title, body #>> '{host,name}', body #>> '{host,email}',
          (select string_agg(concat_ws(E'\\n', name, email), E'\\n' order by position) from people)))
    $$;

    -- A body changes when it is posted, when a person is erased and when the meeting is deleted.
    create function list_meeting() returns trigger language plpgsql as $$
    begin
      insert into meeting_listings
      select * from listing_of(new.workspace_id, new.meeting_id, new.title, new.body)
      on conflict (workspace_id, meeting_id) do update set
        participants = excluded.participants, participant_count = excluded.participant_count,
        score = excluded.score, score_max = excluded.score_max, search_text = excluded.search_text;
      return null;
    end
    $$;
    create trigger meetings_listed after insert or update of body, title on meetings
      for each row execute function list_meeting();
    insert into meeting_listings
    select listing.* from meetings, lateral listing_of(workspace_id, meeting_id, title, body) as listing;

    -- Some installations of PostgreSQL lack pg_trgm or do not allow its use. Without it, a search scans the narrow table,
    -- which takes about 40 ms longer for 50,000 meetings.
    do $$
    begin
      create extension if not exists pg_trgm;
      create index meeting_listings_search on meeting_listings using gin (search_text gin_trgm_ops);
    exception when insufficient_privilege or feature_not_supported or undefined_file or undefined_object then
      raise notice 'pg_trgm is not available: meetings are searched without its index';
    end
    $$;

    create index meetings_by_reason on meetings (workspace_id, (reason ->> 'code'), accepted_at desc, meeting_id desc)
      where reason is not null;
    create index meetings_by_start on meetings (workspace_id, started_at);
    create index links_of_record on links (workspace_id, object_type, record_id);

    -- One pass of a sync.
    create table sync_attempts (
      id bigint generated always as identity primary key,
      workspace_id text not null,
      meeting_id text not null,
      run_id text not null,
      -- Temporal's id of the activity that began the pass, unique in its run.
      begun_by text not null,
      started_at timestamptz not null,
      ended_at timestamptz,
      outcome text,
      reason jsonb,
      unique (workspace_id, meeting_id, run_id, begun_by),
      foreign key (workspace_id, meeting_id) references meetings on delete cascade
    );
    create index sync_attempts_newest on sync_attempts (workspace_id, meeting_id, id desc);
    create index sync_attempts_ended on sync_attempts (workspace_id, ended_at) where ended_at is not null;

    create table sync_steps (
      attempt_id bigint not null references sync_attempts on delete cascade,
      activity text not null,
      tries int not null,
      started_at timestamptz not null,
      ended_at timestamptz not null,
      -- Facts about the result; null until the step succeeds.
      done jsonb,
      failure text,
      -- Its requests to HubSpot: method, route and status, never their content.
      requests jsonb not null,
      requests_left_out int not null default 0,
      primary key (attempt_id, activity)
    );

    -- Whether a record that a person unlinked was linked by hand before, which undoing restores.
    alter table manual_links add column was_linked boolean not null default false;
  `.execute(db);
}
