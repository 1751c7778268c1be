import { sql, type Kysely } from 'kysely';

/** Suggestions that end show why, also after the content of their meeting is deleted. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    alter table field_reviews
      add column label text,
      add column reason text,
      alter column proposed drop not null,
      drop constraint field_reviews_state_check,
      add constraint field_reviews_state_check check (state in ('open', 'accepted', 'refused', 'replaced', 'ended'));
    create index field_reviews_by_time on field_reviews (workspace_id, created_at, id)
  `.execute(db);
}
