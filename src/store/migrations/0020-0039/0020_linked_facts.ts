import { sql, type Kysely } from 'kysely';

/**
 * Stores a meeting's deals and people with its facts, and the properties that group deals as columns. Measured with 50,000
 * meetings: reports about deals spent half of their time on finding each meeting's rows in `links` and
 * `meeting_participants`, and a tenth on reading the same four properties.
 *
 * Writes to each table fire a trigger once per statement. It locks the meetings' rows before it reads, so that of two
 * transactions that change one meeting, the second waits and then sees the changes of the first.
 */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    alter table meeting_facts
      -- The deals of all links that HubSpot did not refuse, in the order of the links, and their accounts.
      add column deal_ids text[] not null default '{}',
      add column deal_portals bigint[] not null default '{}',
      -- Addresses of the external participants.
      add column people text[] not null default '{}';

    alter table crm_records
      add column pipeline_id text generated always as (nullif(properties ->> 'pipeline', '')) stored,
      add column stage_id text generated always as (nullif(properties ->> 'dealstage', '')) stored,
      add column is_closed boolean generated always as (nullif(properties ->> 'hs_is_closed', '') = 'true') stored,
      add column is_won boolean generated always as (nullif(properties ->> 'hs_is_closed_won', '') = 'true') stored;

    create function deals_linked(given_workspace_id text, given_meeting_id text, out deal_ids text[], out deal_portals bigint[])
    language sql stable as $$
      select coalesce(array_agg(record_id order by portal_id, position, record_id), '{}'), coalesce(array_agg(portal_id order by portal_id, position, record_id), '{}')
      from links
      where workspace_id = given_workspace_id and meeting_id = given_meeting_id and object_type = 'deals' and refused is null
    $$;
    create function people_met(given_workspace_id text, given_meeting_id text) returns text[] language sql stable as $$
      select coalesce(array_agg(email order by email), '{}') from meeting_participants
      where workspace_id = given_workspace_id and meeting_id = given_meeting_id
    $$;

    create function keep_deals_linked() returns trigger language plpgsql as $$
    begin
      perform from meetings where (workspace_id, meeting_id) in (select workspace_id, meeting_id from changed where object_type = 'deals')
        order by workspace_id, meeting_id for no key update;
      if found then
        update meeting_facts as fact set (deal_ids, deal_portals) = (select * from deals_linked(fact.workspace_id, fact.meeting_id))
        where (workspace_id, meeting_id) in (select workspace_id, meeting_id from changed where object_type = 'deals');
      end if;
      return null;
    end
    $$;
    create function keep_people_met() returns trigger language plpgsql as $$
    begin
      perform from meetings where (workspace_id, meeting_id) in (select workspace_id, meeting_id from changed)
        order by workspace_id, meeting_id for no key update;
      if found then
        update meeting_facts as fact set people = people_met(fact.workspace_id, fact.meeting_id)
        where (workspace_id, meeting_id) in (select workspace_id, meeting_id from changed);
      end if;
      return null;
    end
    $$;

    -- A link or a person never moves to another meeting, so the new rows of an update name all affected meetings. A trigger
    -- with a transition table can have only one event.
    create trigger links_kept_after_insert after insert on links referencing new table as changed
      for each statement execute function keep_deals_linked();
    create trigger links_kept_after_update after update on links referencing new table as changed
      for each statement execute function keep_deals_linked();
    create trigger links_kept_after_delete after delete on links referencing old table as changed
      for each statement execute function keep_deals_linked();
    create trigger people_kept_after_insert after insert on meeting_participants referencing new table as changed
      for each statement execute function keep_people_met();
    create trigger people_kept_after_update after update on meeting_participants referencing new table as changed
      for each statement execute function keep_people_met();
    create trigger people_kept_after_delete after delete on meeting_participants referencing old table as changed
      for each statement execute function keep_people_met();

    -- Facts are recreated whenever the meeting's content changes, with its current deals and people.
    create function fill_linked_facts() returns trigger language plpgsql as $$
    begin
      select * into new.deal_ids, new.deal_portals from deals_linked(new.workspace_id, new.meeting_id);
      new.people := people_met(new.workspace_id, new.meeting_id);
      return new;
    end
    $$;
    create trigger facts_filled before insert on meeting_facts for each row execute function fill_linked_facts();

    update meeting_facts as fact set
      (deal_ids, deal_portals) = (select * from deals_linked(fact.workspace_id, fact.meeting_id)),
      people = people_met(fact.workspace_id, fact.meeting_id);
  `.execute(db);
}
