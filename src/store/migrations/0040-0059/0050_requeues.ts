import { sql, type Kysely } from 'kysely';

/** Requests of passes for many meetings of a workspace, which the server processes page by page. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create table requeues (
      id bigint generated always as identity primary key,
      workspace_id text not null references workspaces (id) on delete cascade,
      -- Which meetings, and why (RequeueSelection, RequeueReason).
      selection jsonb not null,
      reason text not null,
      -- The last meeting of the pages that are done.
      after_meeting text not null,
      -- Meetings requested so far.
      requested integer not null,
      created_at timestamptz not null default now()
    );
    create index requeues_workspace on requeues (workspace_id);
  `.execute(db);
}
