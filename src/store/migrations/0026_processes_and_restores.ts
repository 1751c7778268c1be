import { sql, type Kysely } from 'kysely';

/** Workers that are at work, and backups that were restored. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create table processes (
      id text primary key,
      started_at timestamptz not null default now(),
      -- The last heartbeat.
      seen_at timestamptz not null default now(),
      -- Whether it takes tasks from Temporal.
      polls boolean not null default false,
      stopped_at timestamptz
    );

    create table restores (
      id uuid primary key default gen_random_uuid(),
      -- The time that the database was put back to.
      since timestamptz not null,
      noted_at timestamptz not null default now(),
      lifted_at timestamptz
    );
  `.execute(db);
}
