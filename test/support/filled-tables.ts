import { Client } from 'pg';

/** Workspaces that other tests do not know, with accounts of their own. */
const WORKSPACES = 60;
const MEETINGS = 6_000;

/**
 * Fills all tables that grow with meetings, events or records, with rows of other workspaces and accounts, as in a product
 * of many customers: 6,000 meetings of 60 workspaces, and what belongs to them. Updates the statistics of the planner.
 */
export async function fillTables(databaseUrl: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    for (const statement of STATEMENTS)
      // oxlint-disable-next-line no-await-in-loop -- later ones refer to the rows of earlier ones
      await client.query(statement);
    await client.query('ANALYZE');
  } finally {
    await client.end();
  }
}

/** The columns that identify a made-up meeting and its account. */
const MADE_UP = `(
  SELECT n, 'filled-' || n % ${WORKSPACES} AS workspace_id, 'filled-' || n AS meeting_id, 900000000 + n % ${WORKSPACES} AS portal_id
  FROM generate_series(1, ${MEETINGS}) AS n
) AS made_up`;

const STATEMENTS: readonly string[] = [
  `INSERT INTO workspaces (id, name) SELECT 'filled-' || n, 'Filled ' || n FROM generate_series(0, ${WORKSPACES - 1}) AS n`,
  `INSERT INTO meetings (workspace_id, meeting_id, body, body_hash, title, started_at, status, portal_id, accepted_at, posted_at, synced_at)
   SELECT workspace_id, meeting_id, jsonb_build_object(
     'meetingId', meeting_id, 'title', 'Meeting ' || n, 'startedAt', now() - n * interval '1 hour', 'endedAt', now() - n * interval '1 hour',
     'language', 'en', 'recordingUrl', 'https://app.northwind.example/meetings/' || n,
     'host', jsonb_build_object('email', 'host@northwind.example', 'name', 'Host'), 'smartCategories', '[]'::jsonb,
     'participants', jsonb_build_array(jsonb_build_object('email', 'person' || n || '@company' || n % 500 || '.example')),
     'summary', jsonb_build_object('overview', 'Overview', 'topics', jsonb_build_array(jsonb_build_object('title', 'Budget')),
       'nextSteps', jsonb_build_array(jsonb_build_object('text', 'Send it'))),
     'calendarEventId', md5(n::text)
   ), md5(n::text), 'Meeting ' || n, now() - n * interval '1 hour', 'synced', portal_id,
   now() - n * interval '1 hour', now() - n * interval '1 hour', now() - n * interval '1 hour' FROM ${MADE_UP}`,
  `INSERT INTO meeting_participants (workspace_id, meeting_id, email, domain)
   SELECT workspace_id, meeting_id, 'person' || n || '@company' || n % 500 || '.example', 'company' || n % 500 || '.example' FROM ${MADE_UP}`,
  `INSERT INTO links (workspace_id, meeting_id, portal_id, object_type, record_id, via, position)
   SELECT workspace_id, meeting_id, portal_id, object_type, n::text, 'cascade', 1
   FROM ${MADE_UP} CROSS JOIN unnest(ARRAY['contacts', 'companies', 'deals']) AS object_type`,
  `INSERT INTO manual_links (workspace_id, meeting_id, portal_id, object_type, record_id, choice, chosen_at)
   SELECT workspace_id, meeting_id, portal_id, 'deals', n::text, 'linked', now() FROM ${MADE_UP}`,
  `INSERT INTO engagements (workspace_id, meeting_id, portal_id, kind, state, object_type, hubspot_id, url, content_hash, written_at)
   SELECT workspace_id, meeting_id, portal_id, kind, 'written', object_type, n::text, 'https://app.hubspot.com/' || n, 'hash', now()
   FROM ${MADE_UP} CROSS JOIN (VALUES ('summary', 'meetings'), ('notes', 'notes')) AS kinds (kind, object_type)`,
  `INSERT INTO engagement_associations (workspace_id, meeting_id, portal_id, kind, object_type, record_id)
   SELECT workspace_id, meeting_id, portal_id, kind, 'contacts', n::text FROM ${MADE_UP} CROSS JOIN unnest(ARRAY['summary', 'notes']) AS kind`,
  `INSERT INTO step_tasks (workspace_id, meeting_id, portal_id, kind, text_key, text, position, owner_email, due_at)
   SELECT workspace_id, meeting_id, portal_id, 'task:' || n, md5(n::text), 'Send it', 0, 'host@northwind.example', now() FROM ${MADE_UP}`,
  `INSERT INTO sync_attempts (workspace_id, meeting_id, run_id, begun_by, started_at, ended_at, outcome)
   SELECT workspace_id, meeting_id, md5(n::text), '1', now() - n * interval '1 hour', now() - n * interval '1 hour', 'synced' FROM ${MADE_UP}`,
  `INSERT INTO sync_steps (attempt_id, activity, tries, started_at, ended_at, requests)
   SELECT id, activity, 1, started_at, started_at, '[]' FROM sync_attempts
   CROSS JOIN unnest(ARRAY['beginSync', 'resolveParticipants', 'writeSummary', 'writeNotes']) AS activity`,
  `INSERT INTO crm_records (portal_id, object_type, record_id, properties, read_at)
   SELECT portal_id, object_type, n::text, '{}', now() FROM ${MADE_UP} CROSS JOIN unnest(ARRAY['contacts', 'companies', 'deals']) AS object_type`,
  `INSERT INTO crm_associations (portal_id, from_object_type, from_record_id, to_object_type, to_record_id)
   SELECT portal_id, 'contacts', n::text, 'companies', n::text FROM ${MADE_UP}`,
  `INSERT INTO crm_events (portal_id, event_key, kind, records, occurred_at, received_at, done_at)
   SELECT portal_id, md5(n::text), 'propertyChange', ARRAY['contacts/' || n], now(), now(), now() FROM ${MADE_UP}`,
  `INSERT INTO named_records (portal_id, kind, key, record_id)
   SELECT portal_id, 'email', 'person' || n || '@company' || n % 500 || '.example', n::text FROM ${MADE_UP}`,
  `INSERT INTO searched_answers (workspace_id, portal_id, kind, key, records, asked_at)
   SELECT workspace_id, portal_id, 'email', 'person' || n || '@company.example', '[]', now() FROM ${MADE_UP}`,
  `INSERT INTO known_contacts (workspace_id, portal_id, record_id, email)
   SELECT workspace_id, portal_id, n::text, 'person' || n || '@company.example' FROM ${MADE_UP}`,
  `INSERT INTO contact_claims (portal_id, email_hash, claimed_until) SELECT portal_id, md5(n::text), now() FROM ${MADE_UP}`,
  `INSERT INTO privacy_deletions (portal_id, record_id, due) SELECT portal_id, n::text, false FROM ${MADE_UP}`,
  `INSERT INTO field_records (workspace_id, portal_id, object_type, record_id, wanted, done)
   SELECT workspace_id, portal_id, 'contacts', n::text, 1, 1 FROM ${MADE_UP}`,
  `INSERT INTO field_candidates (workspace_id, meeting_id, portal_id, object_type, record_id, property, field, started_at, fits, state)
   SELECT workspace_id, meeting_id, portal_id, 'contacts', n::text, 'jobtitle', 'next_step', now(), 'Next step', 'written' FROM ${MADE_UP}`,
  `INSERT INTO field_writes (workspace_id, meeting_id, portal_id, object_type, record_id, property, started_at, written_digest)
   SELECT workspace_id, meeting_id, portal_id, 'contacts', n::text, 'jobtitle', now(), md5(n::text) FROM ${MADE_UP}`,
  `INSERT INTO field_reviews (workspace_id, meeting_id, portal_id, object_type, record_id, property, field, proposed)
   SELECT workspace_id, meeting_id, portal_id, 'contacts', n::text, 'jobtitle', 'next_step', 'Next step' FROM ${MADE_UP}`,
  `INSERT INTO notices (workspace_id, event, data)
   SELECT workspace_id, 'meeting.synced', jsonb_build_object('meetingId', meeting_id, 'portalId', portal_id) FROM ${MADE_UP}`,
  `INSERT INTO notice_deliveries (outlet_id, workspace_id, notice, state, attempts)
   SELECT md5(workspace_id)::uuid, workspace_id, position, 'delivered', 1 FROM notices`,
  `INSERT INTO taken_deliveries (signature) SELECT md5(n::text) FROM ${MADE_UP}`,
  `INSERT INTO hubspot_owners (portal_id, email, owner_id, fetched_at) SELECT portal_id, 'owner' || n || '@northwind.example', n::text, now() FROM ${MADE_UP}`,
  `INSERT INTO backfills (workspace_id, state, lines, meetings, started_at, finished_at)
   SELECT 'filled-' || n, 'done', 100, 100, now(), now() FROM generate_series(0, ${WORKSPACES - 1}) AS n`,
  `INSERT INTO backfill_lines (backfill_id, line, meeting_id)
   SELECT id, line, 'filled-' || line FROM backfills CROSS JOIN generate_series(1, 100) AS line WHERE state = 'done'`,
  `INSERT INTO audit_events (workspace_id, at, actor_kind, actor_label, way, action, object_type, object_id)
   SELECT workspace_id, now() - n * interval '1 minute', 'member', 'Ana ' || n % 20, 'page', 'meeting.resync', 'meeting', meeting_id FROM ${MADE_UP}`,
];

/** Tables that do not grow with meetings, events or records: some rows for each workspace, account, person or day. */
export const SMALL_TABLES: readonly string[] = [
  'admin_links',
  'api_keys',
  'backfills',
  'connections',
  'crm_catalogues',
  'crm_object_types',
  'crm_owners',
  'crm_pipelines',
  'crm_stages',
  'hubspot_answers',
  'hubspot_budgets',
  'hubspot_calls',
  'member_identities',
  'members',
  'oauth_states',
  'oidc_domains',
  'oidc_providers',
  'open_deal_lists',
  'outlets',
  'pending_forms',
  'processes',
  'reconciliations',
  'removed_people',
  'requeues',
  'restores',
  'search_forms',
  'sessions',
  'sign_in_flows',
  'sign_in_links',
  'sign_in_settings',
  'webhooks_journal',
  'workspaces',
];
