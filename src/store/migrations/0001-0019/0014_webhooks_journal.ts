import { sql, type Kysely } from 'kysely';

/** The read position in HubSpot's webhooks journal. The whole app has one journal, so the table has one row. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create table webhooks_journal (
      the_one boolean primary key default true check (the_one),
      -- The last file whose events were stored; null before the first one.
      cursor text,
      -- A digest of the subscriptions that were last requested, and when.
      subscribed text,
      subscribed_at timestamptz,
      -- HubSpot's message when it refuses the journal to this app; null otherwise.
      refused text,
      -- When to read it next, and the length of that pause.
      look_at timestamptz not null default now(),
      rest_ms int not null default 0
    );
    insert into webhooks_journal default values;
  `.execute(db);
}
