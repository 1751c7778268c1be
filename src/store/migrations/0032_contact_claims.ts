import { sql, type Kysely } from 'kysely';

/** Who makes which contact, so that several meetings of one stranger send one create. */
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
