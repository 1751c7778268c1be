import { sql, type Kysely } from 'kysely';

/** Access can derive from several API keys: that of its creator's link, and that of the creator's invitation. */
export async function up(db: Kysely<never>): Promise<void> {
  // `made_by_key` stays for earlier versions, which read and write only that during an upgrade.
  for (const table of ['api_keys', 'members', 'sign_in_links', 'sessions', 'admin_links'])
    await sql`alter table ${sql.table(table)} add column made_by_keys uuid[] not null default '{}'`.execute(db);
}
