import { sql, type Kysely } from 'kysely';

/** Files of meetings that are handed over a little at a time. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create table backfills (
      id uuid primary key default gen_random_uuid(),
      workspace_id text not null references workspaces on delete cascade,
      -- receiving: its lines come in, and nothing is promised yet.
      state text not null check (state in ('receiving', 'running', 'done', 'stopped')),
      created_at timestamptz not null default now(),
      -- When Temporal took it.
      started_at timestamptz,
      finished_at timestamptz,
      -- Counted once the whole file is here: lines without empty ones, meetings in them, lines that cannot be taken.
      lines int not null default 0,
      meetings int not null default 0,
      faulty_lines int not null default 0,
      -- Meetings by status at its end.
      counts jsonb
    );
    create index backfills_newest on backfills (workspace_id, created_at desc);
    create index backfills_outbox on backfills (created_at) where started_at is null;

    create table backfill_lines (
      backfill_id uuid not null references backfills on delete cascade,
      line int not null,
      -- Null: the line cannot be taken.
      meeting_id text,
      -- Until the meeting was handed over. Text, not jsonb: the order of its fields is part of what makes it the same.
      body text,
      faults jsonb,
      primary key (backfill_id, line)
    );
    create index backfill_lines_left on backfill_lines (backfill_id, line) where body is not null;
    create index backfill_lines_faulty on backfill_lines (backfill_id, line) where faults is not null;

    -- Came in with a backfill: its sync lets live ones pass.
    alter table meetings add column background boolean not null default false;
    -- When its content came in; of a file, when the file did. What was posted or erased since then is newer than a line of it.
    alter table meetings add column posted_at timestamptz not null default now();
    update meetings set posted_at = accepted_at;
    drop index meetings_outbox;
    create index meetings_outbox on meetings (background, sync_requested_at) where sync_requested_at is not null;
    create index meetings_in_background on meetings (workspace_id, status) where background;
  `.execute(db);
}
