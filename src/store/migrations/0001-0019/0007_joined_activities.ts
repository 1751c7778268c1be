import { sql, type Kysely } from 'kysely';

/**
 * Summaries in calendar meetings, activities that people deleted, recordings of one calendar event, and rewrite requests.
 * Rewrite requests are counted, not flagged, so that one that arrives during a pass is not lost when the pass ends.
 */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    alter table engagements
      -- The activity is a person's calendar meeting with our part in it. We never archive it.
      add column joined boolean not null default false,
      -- When we learned that a person deleted it in HubSpot.
      add column deleted_at timestamptz,
      -- When a reconciliation last checked that it exists.
      add column checked_at timestamptz;
    create index engagements_to_check on engagements (workspace_id, portal_id, checked_at nulls first) where state = 'written';

    -- We are about to create it in a person's meeting. Associations that existed before never count as ours.
    alter table engagement_associations add column pending boolean not null default false;

    alter table meetings
      -- A digest, because a calendar's ids may be too long for an index.
      add column event_key text generated always as (md5(body ->> 'calendarEventId')) stored,
      add column rewrites_wanted int not null default 0,
      add column rewrites_done int not null default 0,
      -- When HubSpot was last searched for a calendar meeting that duplicates the summary, and whether it has one.
      add column calendar_checked_at timestamptz,
      add column beside_calendar_meeting boolean not null default false;
    update meetings set rewrites_wanted = 1 where rewrite;
    alter table meetings drop column rewrite;
    alter table meetings add column rewrite boolean generated always as (rewrites_wanted > rewrites_done) stored;
    create index meetings_of_event on meetings (workspace_id, event_key, started_at) where event_key is not null;
  `.execute(db);
}
