import { sql, type Kysely } from 'kysely';

/**
 * Digests of the property values that HubSpot returned after our last write. An update compares them to find a person's
 * change. Activities of earlier versions have none: see `editedProperties`.
 */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    alter table engagements
      add column answered jsonb,
      add column sending jsonb;
    -- The rewrite that a person requested with Overwrite: see rewrites_wanted.
    alter table meetings add column overwrite_wanted integer not null default 0;
  `.execute(db);
}
