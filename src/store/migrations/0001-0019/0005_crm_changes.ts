import { sql, type Kysely } from 'kysely';

/** What comes from HubSpot: the inbox of changes and the mirror of records; also the participants of meetings. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create table crm_events (
      id bigint generated always as identity primary key,
      portal_id bigint not null,
      -- HubSpot's eventId alone is not unique.
      event_key text not null,
      kind text not null,
      -- Each as type/id: the record, both ends of an association, or all merged records.
      records text[] not null,
      property_name text,
      property_value text,
      occurred_at timestamptz not null,
      received_at timestamptz not null default now(),
      done_at timestamptz,
      unique (portal_id, event_key)
    );
    create index crm_events_undone on crm_events (portal_id, occurred_at, id) where done_at is null;

    create table crm_records (
      portal_id bigint not null,
      object_type text not null,
      record_id text not null,
      properties jsonb,
      archived boolean not null default false,
      merged_into text,
      sighted_at timestamptz not null default now(),
      -- Null until the record is read for the first time.
      read_at timestamptz,
      primary key (portal_id, object_type, record_id)
    );
    create index crm_records_unread on crm_records (portal_id, object_type) where read_at is null;

    create table meeting_participants (
      workspace_id text not null,
      meeting_id text not null,
      email text not null,
      domain text,
      primary key (workspace_id, meeting_id, email),
      foreign key (workspace_id, meeting_id) references meetings on delete cascade
    );
    create index meeting_participants_by_email on meeting_participants (workspace_id, email);
    create index meeting_participants_by_domain on meeting_participants (workspace_id, domain);

    create table reconciliations (
      id uuid primary key default gen_random_uuid(),
      workspace_id text not null references workspaces on delete cascade,
      state text not null check (state in ('running', 'done')),
      started_at timestamptz not null default now(),
      finished_at timestamptz,
      -- A digest of each meeting's links at the start. Those that differ at the end were repaired.
      links_before jsonb not null default '{}',
      records_changed int not null default 0,
      meetings_mended int not null default 0
    );
    create index reconciliations_newest on reconciliations (workspace_id, started_at desc);

    -- The content from which the links were computed. As long as it is unchanged, existing links stay.
    alter table meetings add column linked_body_hash text;
  `.execute(db);
}
