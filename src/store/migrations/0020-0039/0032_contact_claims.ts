import { sql, type Kysely } from 'kysely';

/** Claims to create a contact, so that several meetings with one unknown person send one create. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create table contact_claims (
      portal_id bigint not null,
      email_hash text not null,
      claimed_until timestamptz not null,
      record_id text,
      primary key (portal_id, email_hash)
    );
  `.execute(db);
}
