import { sql, type Kysely } from 'kysely';

/** Running workers, and restored backups. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create table processes (
      id text primary key,
      started_at timestamptz not null default now(),
      -- The last heartbeat.
      seen_at timestamptz not null default now(),
      -- Whether it polls Temporal for tasks.
      polls boolean not null default false,
      stopped_at timestamptz
    );

    create table restores (
      id uuid primary key default gen_random_uuid(),
      -- The time of the backup.
      since timestamptz not null,
      noted_at timestamptz not null default now(),
      lifted_at timestamptz
    );
  `.execute(db);
}
