import { sql, type Kysely } from 'kysely';

/** How far HubSpot's webhooks journal was read: one for the whole app, so one row. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create table webhooks_journal (
      the_one boolean primary key default true check (the_one),
      -- The file whose events were stored last; null before the first one.
      cursor text,
      -- A digest of what HubSpot was last asked to put into the journal, and when.
      subscribed text,
      subscribed_at timestamptz,
      -- In HubSpot's words, why there is no journal for this app; null when there is, or nobody asked yet.
      refused text,
      -- When to look into it next, and how long that rest is.
      look_at timestamptz not null default now(),
      rest_ms int not null default 0
    );
    insert into webhooks_journal default values;
  `.execute(db);
}
