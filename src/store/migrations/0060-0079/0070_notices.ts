import { sql, type Kysely } from 'kysely';

/**
 * Notices, and the outlets that they go to. Triggers write a notice in the statement that changes the state, so that all
 * paths give the same notices, and none that wants no notice pays for one.
 */
export async function up(db: Kysely<never>): Promise<void> {
  await createTables(db);
  await createFunctions(db);
  await noticeMeetings(db);
  await noticeTheRest(db);
}

async function createTables(db: Kysely<never>): Promise<void> {
  await sql`
    create table outlets (
      id uuid primary key default gen_random_uuid(),
      workspace_id text not null references workspaces on delete cascade,
      kind text not null check (kind in ('webhook', 'slack', 'email')),
      name text not null,
      address text not null,
      address_hint text not null,
      events text[] not null,
      daily boolean not null default false,
      includes_text boolean not null default false,
      language text not null default 'en',
      state text not null default 'on' check (state in ('on', 'off')),
      off_reason text check (off_reason in ('by_person', 'failing', 'gone')),
      off_at timestamptz,
      secret text,
      previous_secret text,
      previous_until timestamptz,
      failures int not null default 0,
      failing_since timestamptz,
      paused_until timestamptz,
      asked_at timestamptz,
      created_by text not null,
      created_at timestamptz not null default clock_timestamp(),
      updated_at timestamptz not null default clock_timestamp()
    );
    create index outlets_of_workspace on outlets (workspace_id);

    create table notices (
      position bigint generated always as identity primary key,
      id uuid not null default gen_random_uuid(),
      workspace_id text not null references workspaces on delete cascade,
      event text not null,
      data jsonb not null,
      at timestamptz not null default clock_timestamp()
    );
    create index notices_of_workspace on notices (workspace_id, event, position);
    create index notices_by_age on notices (at);

    -- Without a foreign key to outlets: its lock would let the change of an outlet wait for syncs, and its failure would
    -- fail one.
    create table notice_deliveries (
      id uuid primary key default gen_random_uuid(),
      outlet_id uuid not null,
      workspace_id text not null,
      notice bigint not null references notices on delete cascade,
      state text not null default 'waiting' check (state in ('waiting', 'delivered', 'failed')),
      due_at timestamptz,
      attempts int not null default 0,
      tried_at timestamptz,
      http_status int,
      answer text,
      error text
    );
    create index notice_deliveries_due on notice_deliveries (outlet_id, due_at) where state = 'waiting';
    create index notice_deliveries_listed on notice_deliveries (outlet_id, notice);
    create index notice_deliveries_of_notice on notice_deliveries (notice);

    alter table meetings add column settled_as text;
  `.execute(db);
}

async function createFunctions(db: Kysely<never>): Promise<void> {
  await sql`
    -- The time of the workspace's next daily digest: eight o'clock in the account's time zone.
    create function next_digest_at(given_workspace_id text) returns timestamptz language plpgsql stable as $$
    declare
      zone text := coalesce((select time_zone from connections where workspace_id = given_workspace_id), 'UTC');
      here timestamp;
    begin
      begin
        here := clock_timestamp() at time zone zone;
      exception when invalid_parameter_value then
        -- PostgreSQL does not know this time zone.
        zone := 'UTC';
        here := clock_timestamp() at time zone zone;
      end;
      return (date_trunc('day', here + interval '16 hours') + interval '8 hours') at time zone zone;
    end
    $$;

    create function wants_notice(given_workspace_id text, given_event text) returns boolean language sql stable as $$
      select exists (
        select from outlets where workspace_id = given_workspace_id and state = 'on' and given_event = any (events)
      )
    $$;

    -- Writes a notice with a delivery for each outlet that wants it now. Without such an outlet it writes nothing. All other
    -- outlets learn of one that was switched off.
    create function put_notice(given_workspace_id text, given_event text, given_data jsonb)
    returns void language sql as $$
      with wanting as (
        select id, daily from outlets
        where workspace_id = given_workspace_id and state = 'on'
          and (given_event = any (events) or given_event = 'outlet.switched_off')
      ), notice as (
        insert into notices (workspace_id, event, data)
        select given_workspace_id, given_event, given_data where exists (select from wanting)
        returning position
      )
      insert into notice_deliveries (outlet_id, workspace_id, notice, due_at)
      select wanting.id, given_workspace_id, notice.position,
        case when wanting.daily then next_digest_at(given_workspace_id) else clock_timestamp() end
      from wanting cross join notice
    $$;
  `.execute(db);
}

async function noticeMeetings(db: Kysely<never>): Promise<void> {
  await sql`
    -- What makes two outcomes of a meeting the same: status, reason, content and account.
    create function settled_as_of(meeting meetings) returns text language sql stable as $$
      select concat_ws(' ', meeting.status, meeting.reason ->> 'code', left(meeting.body_hash, 16), meeting.portal_id)
    $$;
    create function note_settled() returns trigger language plpgsql as $$
    begin
      new.settled_as := settled_as_of(old);
      return new;
    end
    $$;
    create trigger meetings_settled before update of status on meetings for each row
      when (old.status in ('synced', 'skipped', 'needs_attention')
        and (old.status, old.reason ->> 'code') is distinct from (new.status, new.reason ->> 'code'))
      execute function note_settled();

    create function activity_of(meeting meetings, given_kind text) returns jsonb language sql stable as $$
      select jsonb_build_object('objectType', object_type, 'id', hubspot_id, 'url', url) from engagements
      where workspace_id = meeting.workspace_id and meeting_id = meeting.meeting_id and portal_id = meeting.portal_id
        and kind = given_kind and state = 'written' and hubspot_id is not null and deleted_at is null
    $$;
    create function notice_outcome() returns trigger language plpgsql as $$
    declare
      event text := 'meeting.' || new.status;
      outcome jsonb;
    begin
      if new.settled_as is not distinct from settled_as_of(new) or not wants_notice(new.workspace_id, event) then
        return null;
      end if;
      outcome := jsonb_build_object(
        'meetingId', new.meeting_id, 'portalId', new.portal_id, 'reasonCode', new.reason ->> 'code');
      if new.status = 'synced' then
        outcome := outcome || jsonb_build_object(
          'summary', activity_of(new, 'summary'), 'notes', activity_of(new, 'notes'),
          'links', (select count(*) from links where workspace_id = new.workspace_id and meeting_id = new.meeting_id
            and portal_id = new.portal_id and refused is null));
      end if;
      perform put_notice(new.workspace_id, event, outcome);
      return null;
    end
    $$;
    create trigger meetings_notice after update of status on meetings for each row
      when (new.status in ('synced', 'skipped', 'needs_attention')
        and (old.status, old.reason ->> 'code') is distinct from (new.status, new.reason ->> 'code'))
      execute function notice_outcome();
  `.execute(db);
}

async function noticeTheRest(db: Kysely<never>): Promise<void> {
  await sql`
    create function notice_connection() returns trigger language plpgsql as $$
    begin
      perform put_notice(new.workspace_id,
        case new.state when 'reauthorize' then 'connection.reconnect_needed' else 'connection.restored' end,
        jsonb_build_object('portalId', new.portal_id));
      return null;
    end
    $$;
    create trigger connections_notice after update of state on connections for each row
      when (old.state <> new.state) execute function notice_connection();

    -- A connection that was deleted and made again, after a notice that it had to be.
    create function notice_connected_again() returns trigger language plpgsql as $$
    begin
      if new.state = 'connected' and 'connection.reconnect_needed' = (
        select event from notices
        where workspace_id = new.workspace_id and event in ('connection.reconnect_needed', 'connection.restored')
        order by position desc limit 1
      ) then
        perform put_notice(new.workspace_id, 'connection.restored', jsonb_build_object('portalId', new.portal_id));
      end if;
      return null;
    end
    $$;
    create trigger connections_made_notice after insert on connections for each row execute function notice_connected_again();

    create function notice_backfill() returns trigger language plpgsql as $$
    begin
      perform put_notice(new.workspace_id, 'backfill.done', jsonb_build_object(
        'backfillId', new.id, 'lines', new.lines, 'invalidLines', new.faulty_lines, 'meetings', new.meetings,
        'counts', coalesce(new.counts, '{}')));
      return null;
    end
    $$;
    create trigger backfills_notice after update of state on backfills for each row
      when (old.state = 'running' and new.state = 'done') execute function notice_backfill();

    create function notice_review() returns trigger language plpgsql as $$
    begin
      if wants_notice(new.workspace_id, 'review.waiting') then
        perform put_notice(new.workspace_id, 'review.waiting', jsonb_build_object(
          'reviewId', new.id, 'meetingId', new.meeting_id, 'portalId', new.portal_id, 'objectType', new.object_type,
          'recordId', new.record_id, 'property', new.property, 'field', new.field));
      end if;
      return null;
    end
    $$;
    create trigger reviews_notice after insert on field_reviews for each row
      when (new.state = 'open') execute function notice_review();
    create trigger reviews_again_notice after update of state on field_reviews for each row
      when (old.state <> 'open' and new.state = 'open') execute function notice_review();

    -- Only HubSpot's limits that last for hours. All budgets of an account close together.
    create function notice_paused() returns trigger language plpgsql as $$
    begin
      if tg_op = 'UPDATE' then
        if old.closed_until > clock_timestamp() and old.closed_reason in ('day', 'migration') then
          return null;
        end if;
      end if;
      perform put_notice(workspace_id, 'service.paused', jsonb_build_object(
        'cause', case new.closed_reason when 'day' then 'daily_limit' else 'account_moving' end,
        'portalId', new.portal_id,
        'since', to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
        'until', to_char(new.closed_until at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))
      from connections where portal_id = new.portal_id;
      return null;
    end
    $$;
    create trigger budgets_notice after insert or update of closed_until on hubspot_budgets for each row
      when (new.budget = 'requests' and new.closed_reason in ('day', 'migration') and new.closed_until is not null)
      execute function notice_paused();
  `.execute(db);
}
