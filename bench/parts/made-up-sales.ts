import { sql, type Kysely } from 'kysely';
import type { Database } from '../../src/store/schema';

/** The amount of data to generate. The numbers of companies and contacts follow from that of the deals. */
export interface MadeUpSales {
  readonly workspaceId: string;
  readonly portalId: number;
  readonly meetings: number;
  readonly deals: number;
}

/** In one statement, PostgreSQL would keep checking foreign keys with a plan made for empty tables. */
const BATCH = 2_000;

/** A number from 0 to below `below` that depends only on `n` and `salt`. */
const pick = (n: string, salt: number, below: number) =>
  sql`((hashint8extended(${sql.raw(n)}, ${sql.lit(salt)}) & 2147483647) % ${sql.lit(below)})`;

/**
 * Generates two years of a sales team: meetings with score, topics, next steps and Smart Categories (bodies of about 5 kB),
 * their participants and links, and the mirror of the HubSpot account with its pipelines, owners, deals, companies and
 * custom objects. Some meetings are skipped, some people unknown, some deals merged or archived, some links refused. The
 * data is the same every time, except that it ends today.
 */
export async function makeUpSales(db: Kysely<Database>, size: MadeUpSales): Promise<void> {
  await makeUpCatalogue(db, size);
  await makeUpRecords(db, size);
  for (let from = 0; from < size.meetings; from += BATCH) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await makeUpMeetings(db, size, from, Math.min(from + BATCH, size.meetings) - 1);
  }
  await makeUpLinks(db, size);
  // Leaves the tables as autovacuum would. Without the checkpoint, vacuum could not mark pages as all-visible.
  await sql`checkpoint`.execute(db);
  for (const table of [
    'meetings',
    'meeting_facts',
    'meeting_next_steps',
    'meeting_participants',
    'meeting_listings',
    'links',
    'crm_records',
  ])
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await sql`vacuum analyze ${sql.table(table)}`.execute(db);
}

async function makeUpCatalogue(db: Kysely<Database>, { portalId, workspaceId }: MadeUpSales): Promise<void> {
  await db
    .insertInto('connections')
    .values({
      workspace_id: workspaceId,
      portal_id: portalId,
      state: 'connected',
      ui_domain: 'app.hubspot.example',
      time_zone: 'Europe/Madrid',
      scopes: [],
      access_token: '',
      refresh_token: '',
      access_token_issued_at: new Date(),
      access_token_expires_at: new Date(),
      connected_at: new Date(),
      updated_at: new Date(),
      hub_domain: 'northwind.example',
      account_type: 'STANDARD',
      user_id: 1,
      user_email: 'admin@northwind.example',
      last_error: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await sql`
    insert into crm_pipelines (portal_id, object_type, pipeline_id, label, position)
    select ${portalId}::bigint, 'deals', 'p' || n, (array['New business', 'Expansion', 'Renewals'])[n], n from generate_series(1, 3) as n
  `.execute(db);
  await sql`
    insert into crm_stages (portal_id, object_type, pipeline_id, stage_id, label, position, is_closed, probability)
    select ${portalId}::bigint, 'deals', 'p' || p, 'p' || p || 's' || s, (array['Qualified', 'Demo', 'Proposal', 'Negotiation', 'Contract', 'Closed won', 'Closed lost'])[s], s,
      s >= 6, (array[0.1, 0.3, 0.5, 0.7, 0.9, 1, 0])[s]
    from generate_series(1, 3) as p, generate_series(1, 7) as s
  `.execute(db);
  await sql`
    insert into crm_owners (portal_id, owner_id, email, name)
    select ${portalId}::bigint, n::text, 'host' || n || '@northwind.example', 'Host ' || n from generate_series(0, 39) as n
  `.execute(db);
  await sql`
    insert into crm_object_types (portal_id, object_type, singular, plural, primary_property)
    values (${portalId}::bigint, '2-100', 'Contract', 'Contracts', 'name')
  `.execute(db);
}

async function makeUpRecords(db: Kysely<Database>, { portalId, deals }: MadeUpSales): Promise<void> {
  await sql`
    insert into crm_records (portal_id, object_type, record_id, properties, archived, merged_into, read_at)
    select ${portalId}::bigint, 'deals', n::text,
      case when n % 200 <> 1 then jsonb_build_object(
        'dealname', 'Deal ' || n || ' with company ' || n % ${sql.lit(Math.ceil(deals / 3))}, 'pipeline', 'p' || pipeline, 'dealstage', 'p' || pipeline || 's' || stage,
        'amount', (${pick('n', 1, 90_000)} + 1000)::text, 'deal_currency_code', 'EUR',
        'createdate', to_char(created, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
        'closedate', to_char(created + (1 + ${pick('n', 2, 120)}) * interval '1 day', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
        'hs_is_closed', (stage >= 6)::text, 'hs_is_closed_won', (stage = 6)::text, 'hubspot_owner_id', ${pick('n', 3, 40)}::text
      ) end,
      n % 200 = 1, case when n % 100 = 2 then (n - 1)::text end, now()
    from (
      select n, 1 + ${pick('n', 4, 3)} as pipeline, 1 + ${pick('n', 5, 7)} as stage, (now() at time zone 'UTC') - ${pick('n', 6, 730)} * interval '1 day' as created
      from generate_series(0, ${sql.lit(deals - 1)}) as n
    ) as made_up
  `.execute(db);
  for (const [type, count] of [
    ['companies', Math.ceil(deals / 3)],
    ['contacts', deals],
    ['2-100', Math.ceil(deals / 10)],
  ] as const)
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await sql`
      insert into crm_records (portal_id, object_type, record_id, properties, read_at)
      select ${portalId}::bigint, ${type}::text, n::text,
        jsonb_build_object('name', ${type}::text || ' ' || n, 'domain', 'company' || n || '.example', 'hubspot_owner_id', (n % 40)::text,
          'createdate', to_char((now() at time zone 'UTC') - (n % 730) * interval '1 day', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')), now()
      from generate_series(0, ${sql.lit(count - 1)}) as n
    `.execute(db);
}

async function makeUpMeetings(
  db: Kysely<Database>,
  { workspaceId, portalId, deals }: MadeUpSales,
  first: number,
  last: number,
): Promise<void> {
  const companies = Math.ceil(deals / 3);
  await sql`
    insert into meetings (workspace_id, meeting_id, body, body_hash, title, started_at, status, unmatched, portal_id, accepted_at, synced_at)
    select ${workspaceId}, 'sale-' || n,
      jsonb_build_object(
        'meetingId', 'sale-' || n, 'title', title, 'startedAt', started_at, 'endedAt', started_at + interval '40 minutes', 'language', 'en',
        'recordingUrl', 'https://app.northwind.example/meetings/' || n,
        'host', jsonb_build_object('email', 'host' || host || '@northwind.example', 'name', 'Host ' || host),
        'participants', jsonb_build_array(
          jsonb_build_object('email', 'host' || host || '@northwind.example', 'name', 'Host ' || host, 'internal', true),
          jsonb_build_object('email', 'person' || ${pick('n', 10, deals)} || '@company' || n % ${sql.lit(companies)} || '.example', 'name', 'Person ' || n)
        ),
        'summary', jsonb_build_object(
          'overview', (select string_agg(md5(n::text || word), ' ') from generate_series(1, 80) as word),
          'topics', (select jsonb_agg(jsonb_build_object('title', case when i = 5 then 'Only ' || n % 30000 else 'Topic number ' || ${pick('n * 10 + i', 11, 150)} end)) from generate_series(1, 5) as i),
          'nextSteps', (select jsonb_agg(jsonb_build_object('text', 'Do what ' || n || ' agreed on, part ' || i, 'owner', 'Host ' || host)
            || case when i = 1 then '{}' else jsonb_build_object('dueDate', to_char(started_at + i * 20 * interval '1 day', 'YYYY-MM-DD')) end) from generate_series(1, 3) as i)
        ) || case when n % 9 = 0 then '{}' else jsonb_build_object('aiScore', jsonb_build_object('value', ${pick('n', 12, 101)}, 'max', 100)) end,
        'smartCategories', (select jsonb_agg(jsonb_build_object('name', 'Category ' || ${pick('n * 10 + i', 13, 12)}, 'items', jsonb_build_array(jsonb_build_object('kind', 'note', 'text', 'Note ' || n))))
          from generate_series(1, 3) as i)
      ),
      md5(n::text), title, started_at, case when n % 12 = 0 then 'skipped' else 'synced' end,
      case when n % 7 = 0 then jsonb_build_array(jsonb_build_object('email', 'stranger' || ${pick('n', 14, 3000)} || '@unknown.example', 'name', 'Stranger ' || n % 50)) else '[]' end,
      ${portalId}::bigint, started_at + interval '1 hour', started_at + interval '2 hours'
    from (
      select n, now() - (n + 1) * interval '21 minutes' as started_at, ${pick('n', 15, 40)} as host,
        'Company ' || n % ${sql.lit(companies)} || ' <> Northwind: ' || (array['discovery', 'demo', 'negotiation', 'renewal'])[1 + n % 4] as title
      from generate_series(${sql.lit(first)}::int, ${sql.lit(last)}) as n
    ) as made_up
  `.execute(db);
  await sql`
    insert into meeting_participants (workspace_id, meeting_id, email, domain)
    select ${workspaceId}, 'sale-' || n, 'person' || ${pick('n * 10 + i', 16, deals)} || '@company' || n % ${sql.lit(companies)} || '.example', 'company' || n % ${sql.lit(companies)} || '.example'
    from generate_series(${sql.lit(first)}::int, ${sql.lit(last)}) as n, generate_series(1, 2) as i
    on conflict do nothing
  `.execute(db);
  for (const table of ['meetings', 'meeting_facts', 'meeting_next_steps', 'meeting_listings'])
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    if (first === 0) await sql`analyze ${sql.table(table)}`.execute(db);
}

async function makeUpLinks(
  db: Kysely<Database>,
  { workspaceId, portalId, meetings, deals }: MadeUpSales,
): Promise<void> {
  const companies = Math.ceil(deals / 3);
  await sql`
    insert into links (workspace_id, meeting_id, portal_id, object_type, record_id, via, position, refused)
    select ${workspaceId}, 'sale-' || n, ${portalId}::bigint, object_type, record_id, 'participant', row_number() over (partition by n),
      case when ${pick('n', 20, 200)} = 0 and object_type = 'deals' then 'refused' end
    from generate_series(0, ${sql.lit(meetings - 1)}) as n
      cross join lateral (
        select 'contacts', ${pick('n', 21, deals)}::text
        union select 'contacts', ${pick('n', 22, deals)}::text
        union select 'companies', (n % ${sql.lit(companies)})::text
        union select 'deals', ${pick('n', 23, deals)}::text where n % 5 <> 0
        union select 'deals', ${pick('n', 24, deals)}::text where n % 3 = 0
        union select '2-100', ${pick('n', 25, Math.ceil(deals / 10))}::text where n % 10 = 0
      ) as linked (object_type, record_id)
    where n % 12 <> 0
  `.execute(db);
}
