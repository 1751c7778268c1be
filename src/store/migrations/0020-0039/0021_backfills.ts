import { sql, type Kysely } from 'kysely';

/** Files of meetings that are synced a few at a time. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create table backfills (
      id uuid primary key default gen_random_uuid(),
      workspace_id text not null references workspaces on delete cascade,
      -- receiving: the upload is not complete, and the file is not accepted.
      state text not null check (state in ('receiving', 'running', 'done', 'stopped')),
      created_at timestamptz not null default now(),
      -- When its workflow was started.
      started_at timestamptz,
      finished_at timestamptz,
      -- Counted once the file is complete: lines without empty ones, their meetings, and invalid lines.
      lines int not null default 0,
      meetings int not null default 0,
      faulty_lines int not null default 0,
      -- Meetings by status when the backfill ended.
      counts jsonb
    );
    create index backfills_newest on backfills (workspace_id, created_at desc);
    create index backfills_outbox on backfills (created_at) where started_at is null;

    create table backfill_lines (
      backfill_id uuid not null references backfills on delete cascade,
      line int not null,
      -- Null when the line is invalid.
      meeting_id text,
      -- Null once the meeting is accepted. Text, not jsonb, because the order of the fields is part of the body's hash.
      body text,
      faults jsonb,
      primary key (backfill_id, line)
    );
    create index backfill_lines_left on backfill_lines (backfill_id, line) where body is not null;
    create index backfill_lines_faulty on backfill_lines (backfill_id, line) where faults is not null;

    -- Backfilled, so the sync has a lower priority than live ones.
    alter table meetings add column background boolean not null default false;
    -- When the content was posted, or when its file was received. Anything posted or deleted later is newer than the file.
    alter table meetings add column posted_at timestamptz not null default now();
    update meetings set posted_at = accepted_at;
    drop index meetings_outbox;
    create index meetings_outbox on meetings (background, sync_requested_at) where sync_requested_at is not null;
    create index meetings_in_background on meetings (workspace_id, status) where background;
  `.execute(db);
}
