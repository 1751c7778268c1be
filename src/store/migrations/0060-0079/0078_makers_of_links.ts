import { sql, type Kysely } from 'kysely';

/** The member who created a sign-in link, with whom it ends. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    alter table sign_in_links add column maker_member uuid references members on delete cascade;
    create index sign_in_links_by_maker on sign_in_links (maker_member) where maker_member is not null;
  `.execute(db);
}
