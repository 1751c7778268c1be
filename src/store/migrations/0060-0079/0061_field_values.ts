import { sql, type Kysely } from 'kysely';

/**
 * Values of meetings for properties of records: what each meeting has for a property (`field_candidates`), what was written
 * (`field_writes`), what waits for a person (`field_reviews`), and who is writing to a record (`field_records`).
 */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create table field_records (
      workspace_id text not null references workspaces on delete cascade,
      portal_id bigint not null,
      object_type text not null,
      record_id text not null,
      wanted integer not null default 0,
      done integer not null default 0,
      claim text,
      claimed_until timestamptz,
      primary key (workspace_id, portal_id, object_type, record_id)
    );
    create table field_candidates (
      workspace_id text not null references workspaces on delete cascade,
      meeting_id text not null,
      portal_id bigint not null,
      object_type text not null,
      record_id text not null,
      property text not null,
      field text not null,
      started_at timestamptz not null,
      value text,
      fits text,
      quote text,
      start_seconds double precision,
      state text not null,
      before text,
      reason text,
      primary key (workspace_id, meeting_id, portal_id, object_type, record_id, property)
    );
    create index field_candidates_of_record on field_candidates (workspace_id, portal_id, object_type, record_id);
    create table field_writes (
      workspace_id text not null references workspaces on delete cascade,
      portal_id bigint not null,
      object_type text not null,
      record_id text not null,
      property text not null,
      meeting_id text,
      started_at timestamptz not null,
      before text,
      written_digest text,
      sending_digest text,
      written_at timestamptz,
      answer text,
      primary key (workspace_id, portal_id, object_type, record_id, property)
    );
    create index field_writes_of_meeting on field_writes (workspace_id, meeting_id);
    create index field_writes_to_put_back on field_writes (workspace_id, portal_id) where meeting_id is null;
    create table field_reviews (
      id text primary key default gen_random_uuid()::text,
      workspace_id text not null references workspaces on delete cascade,
      meeting_id text not null,
      portal_id bigint not null,
      object_type text not null,
      record_id text not null,
      property text not null,
      field text not null,
      present text,
      proposed text not null,
      quote text,
      start_seconds double precision,
      state text not null default 'open' check (state in ('open', 'accepted', 'refused', 'replaced')),
      value text,
      created_at timestamptz not null default clock_timestamp(),
      decided_at timestamptz,
      decided_by text,
      applied_at timestamptz
    );
    create unique index field_reviews_open on field_reviews (workspace_id, portal_id, object_type, record_id, property)
      where state = 'open';
    create index field_reviews_listed on field_reviews (workspace_id, state, created_at, id);
    create index field_reviews_of_record on field_reviews (workspace_id, portal_id, object_type, record_id);
    create index field_reviews_of_meeting on field_reviews (workspace_id, meeting_id)
  `.execute(db);
}
