import { sql, type Kysely } from 'kysely';

/** The parts of a meeting's content that reports read, and the index by which they find its records. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    -- Spellings of one topic count as one: "Budget & timing" and "budget  & Timing", "Facturación" and "facturacion".
    create function fold_label(value text) returns text language sql immutable strict parallel safe as $$
      select lower(regexp_replace(normalize(regexp_replace(btrim(value, E' \\t\\r\\n'), '\\s+', ' ', 'g'), NFKD), '[\\u0300-\\u036f]', '', 'g'))
    $$;

    -- Extracted from the bodies once per change, not 50,000 times per report. Deleted meetings have no row.
    create table meeting_facts (
      workspace_id text not null,
      meeting_id text not null,
      started_at timestamptz not null,
      skipped boolean not null,
      -- Lower case.
      host_email text not null,
      host_name text,
      -- In percent of the maximum.
      score double precision,
      -- Each topic once, in the spelling of its first mention, and the key under which it is counted. The same for Smart
      -- Categories with notes or clips.
      topics text[] not null,
      topic_keys text[] not null,
      categories text[] not null,
      category_keys text[] not null,
      primary key (workspace_id, meeting_id),
      foreign key (workspace_id, meeting_id) references meetings on delete cascade
    );
    create index meeting_facts_by_start on meeting_facts (workspace_id, started_at);

    create table meeting_next_steps (
      workspace_id text not null,
      meeting_id text not null,
      -- Position among the meeting's next steps, from 1.
      position int not null,
      text text not null,
      owner text,
      -- ISO 8601, which sorts as text. Not a date, because pipelines may send the year 0000, which PostgreSQL rejects.
      due_date text,
      primary key (workspace_id, meeting_id, position),
      foreign key (workspace_id, meeting_id) references meeting_facts on delete cascade
    );

    create function labels_of(list jsonb, field text, counted text) returns table (labels text[], keys text[])
    language sql immutable as $$
      select coalesce(array_agg(label order by first), '{}'), coalesce(array_agg(key order by first), '{}')
      from (
        select key, min(position) as first, (array_agg(label order by position))[1] as label
        from (
          select position, btrim(entry ->> field) as label, fold_label(entry ->> field) as key
          from jsonb_array_elements(case when jsonb_typeof(list) = 'array' then list else '[]' end) with ordinality as given (entry, position)
          where counted is null or (jsonb_typeof(entry -> counted) = 'array' and jsonb_array_length(entry -> counted) > 0)
        ) as named
        where key <> ''
        group by key
      ) as distinct_ones
    $$;

    create function keep_meeting_facts() returns trigger language plpgsql as $$
    declare
      host jsonb := new.body -> 'host';
      summary jsonb := new.body -> 'summary';
      score jsonb := summary -> 'aiScore';
    begin
      if tg_op = 'UPDATE' then
        delete from meeting_facts where workspace_id = new.workspace_id and meeting_id = new.meeting_id;
      end if;
      if new.body is null or new.erasing or new.status = 'deleted' then
        return null;
      end if;
      insert into meeting_facts
      select
        new.workspace_id, new.meeting_id, new.started_at, new.status = 'skipped',
        lower(coalesce(host ->> 'email', '')),
        nullif(btrim(host ->> 'name'), ''),
        case when jsonb_typeof(score -> 'value') = 'number' and jsonb_typeof(score -> 'max') = 'number' and (score ->> 'max')::float8 > 0
          then (score ->> 'value')::float8 / (score ->> 'max')::float8 * 100 end,
        topic.labels, topic.keys, category.labels, category.keys
      from labels_of(summary -> 'topics', 'title', null) as topic,
        labels_of(new.body -> 'smartCategories', 'name', 'items') as category;
      insert into meeting_next_steps
      select new.workspace_id, new.meeting_id, position, left(step ->> 'text', 500), nullif(step ->> 'owner', ''), nullif(step ->> 'dueDate', '')
      from jsonb_array_elements(case when jsonb_typeof(summary -> 'nextSteps') = 'array' then summary -> 'nextSteps' else '[]' end)
        with ordinality as given (step, position)
      where step ->> 'text' is not null;
      return null;
    end
    $$;
    -- A body changes when it is posted, when a person is erased and when the meeting is deleted. The trigger updates the
    -- facts in the same transaction. Only the status "skipped" matters to reports, so other changes of status cost nothing.
    create trigger meetings_facts after insert or update of body, started_at on meetings
      for each row execute function keep_meeting_facts();
    create trigger meetings_facts_standing after update of status, erasing on meetings
      for each row when (old.erasing <> new.erasing or (old.status in ('skipped', 'deleted')) <> (new.status in ('skipped', 'deleted')))
      execute function keep_meeting_facts();
    update meetings set started_at = started_at;

    -- Parses a time of a HubSpot property in UTC; null for anything else. Built from parts, because a cast would fail.
    create function crm_time(value text) returns timestamp language sql immutable strict parallel safe as $$
      select case
        when value ~ '^[12]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$' then make_timestamp(substr(value, 1, 4)::int, 1, 1, 0, 0, 0)
          + make_interval(months => substr(value, 6, 2)::int - 1, days => substr(value, 9, 2)::int - 1, hours => substr(value, 12, 2)::int,
            mins => substr(value, 15, 2)::int, secs => rtrim(substr(value, 18), 'Z')::float8)
        when value ~ '^\d{1,13}$' then timestamp '1970-01-01' + make_interval(secs => value::float8 / 1000)
      end
    $$;

    create index links_counted on links (workspace_id, portal_id, object_type, record_id, meeting_id) where refused is null;
  `.execute(db);
}
