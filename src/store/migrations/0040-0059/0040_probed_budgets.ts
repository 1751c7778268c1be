import { sql, type Kysely } from 'kysely';

/** How long a budget was closed last, in milliseconds, until a probe succeeds; and whether a probe is under way. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    alter table hubspot_budgets
      add column closed_ms integer,
      add column probing boolean not null default false;
  `.execute(db);
}
