import { sql, type Kysely } from 'kysely';

/** The history of settings. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create table settings_changes (
      id bigint generated always as identity primary key,
      workspace_id text not null references workspaces on delete cascade,
      changed_by text not null,
      changed_at timestamptz not null default now(),
      before jsonb not null,
      after jsonb not null
    );
    create index settings_changes_newest on settings_changes (workspace_id, id desc);
  `.execute(db);
}
