import { sql, type Kysely } from 'kysely';

/** The audit trail: who did what, when, from where, on which object. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create table audit_events (
      id bigint generated always as identity primary key,
      -- Null for what belongs to no workspace.
      workspace_id text references workspaces on delete cascade,
      at timestamptz not null default now(),
      actor_kind text not null check (actor_kind in ('member', 'key', 'session', 'hubspot', 'operator', 'system')),
      actor_id text,
      actor_label text not null,
      actor_key text not null generated always as (coalesce(actor_id, actor_label)) stored,
      ip text,
      way text not null check (way in ('page', 'api', 'mcp', 'cli', 'card', 'webhook', 'schedule')),
      action text not null check (action ~ '^[a-z_]+[.][a-z_]+$'),
      action_group text not null generated always as (split_part(action, '.', 1)) stored,
      object_type text,
      object_id text,
      object_label text,
      before jsonb,
      after jsonb,
      count integer not null default 1,
      last_at timestamptz,
      burst text unique
    );
    create index audit_events_newest on audit_events (workspace_id, at desc, id desc);
    create index audit_events_by_actor on audit_events (workspace_id, actor_key, at desc, id desc);
    create index audit_events_by_group on audit_events (workspace_id, action_group, at desc, id desc);
    create index audit_events_by_object on audit_events (workspace_id, object_type, object_id, at desc, id desc);

    create function audit_words(
      workspace_id text, actor_label text, ip text, object_id text, object_label text, before jsonb, after jsonb
    ) returns tsvector language sql immutable parallel safe
      return array_to_tsvector(array['workspace:' || coalesce(workspace_id, '')]) || search_words(
        actor_label || ' ' || coalesce(ip, '') || ' ' || coalesce(object_id, '') || ' ' || coalesce(object_label, '') || ' '
          || coalesce(before::text, '') || ' ' || coalesce(after::text, ''));
    create index audit_events_words on audit_events
      using gin (audit_words(workspace_id, actor_label, ip, object_id, object_label, before, after));

    -- Rows stay as they were written. No setting or role is needed to hold this: each exception proves itself.
    create function keep_audit_event() returns trigger language plpgsql as $$
    declare
      days integer;
      counted text[] := array['count', 'last_at'];
      personal text[] := array['actor_label', 'ip', 'object_label', 'before', 'after'];
      -- Generated columns have no values yet.
      generated text[] := array['actor_key', 'action_group'];
    begin
      if tg_op = 'DELETE' then
        select coalesce((settings ->> 'auditRetentionDays')::int, 365) into days from workspaces where id = old.workspace_id;
        -- Its workspace is deleted with it.
        if old.workspace_id is not null and days is null then return old; end if;
        if old.at < now() - make_interval(days => coalesce(days, 365)) then return old; end if;
      elsif tg_op = 'UPDATE' then
        -- A refusal that is repeated.
        if old.burst is not null and new.count > old.count
          and to_jsonb(new) - counted - generated = to_jsonb(old) - counted - generated then return new; end if;
        -- A person who is erased.
        if to_jsonb(new) - personal - generated = to_jsonb(old) - personal - generated
          and (new.ip is not distinct from old.ip or (new.ip is null and new.actor_label like '%[erased]%'))
          and not exists (
            select from jsonb_each_text(to_jsonb(new)) as written join jsonb_each_text(to_jsonb(old)) as kept using (key)
            where key in ('actor_label', 'object_label', 'before', 'after')
              and written.value is distinct from kept.value and coalesce(written.value, '') not like '%[erased]%'
          ) then return new; end if;
      end if;
      raise exception 'audit events cannot be changed or deleted' using errcode = 'insufficient_privilege';
    end
    $$;
    create trigger audit_events_kept before update or delete on audit_events
      for each row execute function keep_audit_event();
    create trigger audit_events_not_truncated before truncate on audit_events
      for each statement execute function keep_audit_event();
  `.execute(db);
}
