import { sql, type Kysely } from 'kysely';

/**
 * Tasks of next steps are activities of the ledger, one for each step: their kind is `task:` and the step's key.
 * `step_tasks` has what identifies the step of each, and what became of it. `tasks_since` is when a workspace began to
 * create tasks, so that meetings from before do not fill the lists of tasks.
 */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    alter table engagements drop constraint engagements_kind_check;
    -- Not validated: all rows have a kind that was valid before.
    alter table engagements add constraint engagements_kind_check
      check (kind in ('summary', 'notes') or kind like 'task:%') not valid;
    alter table workspaces add column tasks_since timestamptz;
    create table step_tasks (
      workspace_id text not null,
      meeting_id text not null,
      portal_id bigint not null,
      kind text not null,
      step_id text,
      text_key text not null,
      text text not null,
      position int not null,
      owner_email text not null,
      due_at timestamptz not null,
      completed_at timestamptz,
      erased boolean not null default false,
      primary key (workspace_id, meeting_id, portal_id, kind),
      foreign key (workspace_id, meeting_id) references meetings on delete cascade
    );
    create index step_tasks_due on step_tasks (workspace_id, due_at)
  `.execute(db);
}
