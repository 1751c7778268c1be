import { sql } from 'kysely';
import type { Db } from '../../src/store/database';

/** A HubSpot account that no test talks to. */
const PORTAL_ID = 4_815_162;

/**
 * Fills a workspace with generated meetings of the last two years: bodies of about 5 kB, each linked to a contact, a company
 * and two deals, most of them synced, some skipped or needing attention. The data is the same every time.
 */
export async function makeUpMeetings(db: Db, workspaceId: string, count: number): Promise<void> {
  await sql`
    insert into meetings (workspace_id, meeting_id, body, body_hash, title, started_at, status, reason, portal_id, accepted_at, synced_at)
    select
      ${workspaceId}, 'made-up-' || n,
      jsonb_build_object(
        'meetingId', 'made-up-' || n,
        'title', 'Company ' || n % 5000 || ' <> Northwind: ' || (array['discovery', 'demo', 'negotiation', 'renewal'])[1 + n % 4],
        'startedAt', started_at, 'endedAt', started_at + interval '40 minutes', 'language', 'en',
        'recordingUrl', 'https://app.northwind.example/meetings/' || n,
        'host', jsonb_build_object('email', 'host' || n % 40 || '@northwind.example', 'name', 'Host ' || n % 40),
        'participants', jsonb_build_array(
          jsonb_build_object('email', 'person' || n % 20000 || '@company' || n % 5000 || '.example', 'name', 'Person Number ' || n % 20000),
          jsonb_build_object('email', 'buyer' || n % 5000 || '@company' || n % 5000 || '.example', 'name', 'Buyer ' || n % 5000),
          jsonb_build_object('email', 'host' || n % 40 || '@northwind.example', 'name', 'Host ' || n % 40, 'internal', true)
        ),
        'summary', jsonb_build_object(
          'overview', (select string_agg(md5(n::text || word), ' ') from generate_series(1, 100) as word),
          'aiScore', jsonb_build_object('value', n % 101, 'max', 100),
          'topics', jsonb_build_array(jsonb_build_object('title', 'Budget')), 'nextSteps', '[]'::jsonb
        ),
        'smartCategories', '[]'::jsonb
      ),
      md5(n::text), 'Company ' || n % 5000 || ' <> Northwind: ' || (array['discovery', 'demo', 'negotiation', 'renewal'])[1 + n % 4],
      started_at,
      case when n % 100 < 3 then 'needs_attention' when n % 100 < 13 then 'skipped' when n % 1000 = 999 then 'waiting' else 'synced' end,
      case
        when n % 100 < 3 then jsonb_build_object('code', (array['hubspot_rejected', 'missing_scope', 'internal_error'])[1 + n % 100], 'message', 'It failed.', 'action', 'Resolve it.')
        when n % 100 < 13 then jsonb_build_object('code', 'no_crm_match', 'message', 'No match.', 'action', 'Add a contact.')
        when n % 1000 = 999 then jsonb_build_object('code', 'daily_limit', 'message', 'Used up.', 'action', 'Nothing to do.')
      end,
      ${PORTAL_ID}, started_at + interval '1 hour', started_at + interval '2 hours'
    from (select n, now() - n * interval '21 minutes' as started_at from generate_series(0, ${count - 1}) as n) as made_up
  `.execute(db);
  await sql`
    insert into links (workspace_id, meeting_id, portal_id, object_type, record_id, via, from_object_type, from_record_id, position)
    select meetings.workspace_id, meetings.meeting_id, ${PORTAL_ID}, object_type, record_id, via, from_type, from_id, position
    from meetings
      cross join lateral (select substring(meeting_id from 9)::int as n) as number
      cross join lateral (values
        ('contacts', (n % 20000)::text, 'participant', null, null, 1),
        ('companies', (n % 5000)::text, 'cascade', 'contacts', (n % 20000)::text, 2),
        ('deals', (n % 20000)::text, 'cascade', 'companies', (n % 5000)::text, 3),
        ('deals', (n % 20000 + 20000)::text, 'cascade', 'companies', (n % 5000)::text, 4)
      ) as link (object_type, record_id, via, from_type, from_id, position)
    where meetings.workspace_id = ${workspaceId} and status <> 'skipped'
  `.execute(db);
  await sql`
    insert into engagements (workspace_id, meeting_id, portal_id, kind, state, object_type, hubspot_id, url, content_hash, written_at)
    select workspace_id, meeting_id, ${PORTAL_ID}, kind, 'written', object_type, substring(meeting_id from 9), 'https://app.hubspot.com/' || meeting_id, '', now()
    from meetings cross join (values ('summary', 'meetings'), ('notes', 'notes')) as written (kind, object_type)
    where workspace_id = ${workspaceId} and status = 'synced'
  `.execute(db);
  // Leaves the tables as autovacuum would. Without the checkpoint, vacuum could not mark pages as all-visible.
  await sql`checkpoint`.execute(db);
  for (const table of ['meetings', 'meeting_listings', 'links', 'engagements'])
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await sql`vacuum analyze ${sql.table(table)}`.execute(db);
}
