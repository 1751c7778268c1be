import { sql, type Kysely } from 'kysely';

/**
 * What HubSpot answered about each property after our last write, so that an update tells a person's change from ours.
 * Digests only. Activities of earlier versions have none: see `editedProperties`.
 */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    alter table engagements
      add column answered jsonb,
      add column sending jsonb;
    -- The rewrite that was asked for with Overwrite: see rewrites_wanted.
    alter table meetings add column overwrite_wanted integer not null default 0;
  `.execute(db);
}
