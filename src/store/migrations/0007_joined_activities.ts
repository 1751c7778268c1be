import { sql, type Kysely } from 'kysely';

/**
 * Summaries inside calendar meetings, activities that people deleted, recordings of one calendar event, and wishes to
 * write anew that are counted, so that one which comes while another is fulfilled is not lost.
 */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    alter table engagements
      -- The activity is a person's calendar meeting that holds our part: never archived by us.
      add column joined boolean not null default false,
      -- Since when it is known that a person deleted it in HubSpot.
      add column deleted_at timestamptz,
      -- When a reconciliation last looked whether it is still there.
      add column checked_at timestamptz;
    create index engagements_to_check on engagements (workspace_id, portal_id, checked_at nulls first) where state = 'written';

    -- About to be made in a person's meeting, by us: what stood there before is never taken for ours.
    alter table engagement_associations add column pending boolean not null default false;

    alter table meetings
      -- A digest, because a calendar's ids may be too long for an index.
      add column event_key text generated always as (md5(body ->> 'calendarEventId')) stored,
      add column rewrites_wanted int not null default 0,
      add column rewrites_done int not null default 0,
      -- When HubSpot was last asked for a calendar meeting beside the summary, and whether it has one.
      add column calendar_checked_at timestamptz,
      add column beside_calendar_meeting boolean not null default false;
    update meetings set rewrites_wanted = 1 where rewrite;
    alter table meetings drop column rewrite;
    alter table meetings add column rewrite boolean generated always as (rewrites_wanted > rewrites_done) stored;
    create index meetings_of_event on meetings (workspace_id, event_key, started_at) where event_key is not null;
  `.execute(db);
}
