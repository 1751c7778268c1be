import { sql, type Kysely } from 'kysely';

/** The history of keys, members and the connection, and the API key from which each access derives. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create table access_changes (
      id bigint generated always as identity primary key,
      workspace_id text not null references workspaces on delete cascade,
      changed_at timestamptz not null default now(),
      actor text not null,
      -- The action as a sentence without its subject.
      action text not null
    )
  `.execute(db);
  await sql`create index access_changes_newest on access_changes (workspace_id, id desc)`.execute(db);
  // Without foreign keys, so that what derives from a key is found after the keys and members in between were deleted.
  // Null without a key, and for rows of earlier versions.
  for (const table of ['api_keys', 'members', 'sign_in_links', 'sessions', 'admin_links'])
    await sql`alter table ${sql.table(table)} add column made_by_key uuid`.execute(db);
}
