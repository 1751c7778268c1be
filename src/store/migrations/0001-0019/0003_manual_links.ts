import { sql, type Kysely } from 'kysely';

/** Records linked or unlinked by hand, which override every rule in every later sync. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create table manual_links (
      workspace_id text not null,
      meeting_id text not null,
      portal_id bigint not null,
      object_type text not null,
      record_id text not null,
      choice text not null check (choice in ('linked', 'unlinked')),
      chosen_at timestamptz not null default now(),
      primary key (workspace_id, meeting_id, portal_id, object_type, record_id),
      foreign key (workspace_id, meeting_id) references meetings on delete cascade
    );
  `.execute(db);
}
