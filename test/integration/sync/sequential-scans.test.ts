import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { FastifyInstance, InjectOptions } from 'fastify';
import { LostRuns } from '../../../src/dispatch/lost-runs';
import { buildApp } from '../../../src/http/app';
import { deleteExpiredContent } from '../../../src/store/meetings/delete-meeting';
import { deleteOldLines } from '../../../src/store/jobs/backfill-lines';
import { deleteOldNamed } from '../../../src/store/inbox/named-records';
import { deleteOldAnswers } from '../../../src/store/mirror/searched-answers';
import { Browser } from '../http/support';
import { fillTables, SMALL_TABLES } from '../../support/filled-tables';
import { NO_OWN_LIMITS } from '../../support/limits';
import { meeting } from '../../support/meetings';
import { EXPLAIN_ALL, Plans } from '../../support/plans';
import { startStack, type Stack } from '../../support/stack';

/** Statements that may read a whole large table, by a part of their text, and why. */
const ALLOWED: readonly { readonly statement: string; readonly why: string }[] = [];

/** More rows than a small table has in a database that `fillTables` has filled. */
const LARGE = 1_000;

let stack: Stack;
let app: FastifyInstance;
let plans: Plans;

beforeAll(async () => {
  plans = new Plans();
  stack = await startStack({ databaseSettings: EXPLAIN_ALL });
  await fillTables(stack.databaseUrl);
  await stack.connect();
  app = await buildApp({
    ...stack.product,
    config: {
      ownLimits: NO_OWN_LIMITS,
      trustProxy: false,
      publicUrl: 'http://localhost:3000',
      instanceId: 'test',
      encryptionKeys: [{ id: 'test', key: randomBytes(32) }],
      hubspot: { clientSecret: 'sandbox-secret' },
    },
    starter: stack.starter,
    changes: stack.changes,
    reconciler: stack.reconciler,
    temporal: { problem: () => Promise.resolve(null) },
    temporalUi: { temporalUiUrl: null, namespace: 'default' },
  });
});
afterAll(async () => {
  plans.close();
  await app.close();
  await stack.close();
});

/** Calls the API. @throws unless it succeeds */
async function call(method: InjectOptions['method'], url: string, body?: unknown): Promise<unknown> {
  const isText = typeof body === 'string';
  const response = await app.inject({
    method,
    url: `/api/v1${url}`,
    headers: {
      authorization: `Bearer ${stack.apiKey}`,
      ...(body === undefined ? {} : { 'content-type': isText ? 'application/x-ndjson' : 'application/json' }),
    },
    ...(body === undefined ? {} : { payload: isText ? body : JSON.stringify(body) }),
  });
  if (response.statusCode >= 300) throw new Error(`${method} ${url} answered ${response.statusCode}: ${response.body}`);
  return response.body === '' ? null : response.json();
}

const about = (meetingId: string, title = 'A call') =>
  meeting({ meetingId, title, participants: [{ email: `${meetingId}@acme.example` }] });

/** Sweeps as the server does, until no sync of the workspace is unfinished. */
async function ended(): Promise<void> {
  const { db } = stack.product;
  for (;;) {
    await stack.starter.sweep(0);
    const open = await db
      .selectFrom('meetings')
      .select('meeting_id')
      .where('workspace_id', '=', stack.workspaceId)
      .where((where) =>
        where.or([where('unfinished_since', 'is not', null), where('sync_requested_at', 'is not', null)]),
      )
      .limit(1)
      .execute();
    if (open.length === 0) return;
    await sleep(50);
  }
}

test('every table is either large in this test, or small in every product', async () => {
  const client = new Client({ connectionString: stack.databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ name: string; rows: number }>(
    `SELECT relname AS name, reltuples AS rows FROM pg_class
     WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname NOT LIKE 'kysely%'`,
  );
  await client.end();
  const small = rows.filter((row) => row.rows < LARGE).map(({ name }) => name);
  expect(small.toSorted()).toEqual([...SMALL_TABLES]);
});

test('no statement of the product reads a whole large table', async () => {
  const { product, sandbox, changes, backfiller } = stack;
  const { db } = product;
  const { crm } = sandbox;
  const known = ['live-1', 'live-2', ...Array.from({ length: 15 }, (_, index) => `past-${index}`)];
  const contacts = known.map((name) => crm.create('contacts', { email: `${name}@acme.example` }).id);
  const company = crm.create('companies', { name: 'Acme', domain: 'acme.example' });
  for (const contact of contacts) crm.associate('contacts', contact, 'companies', company.id);
  const browser = new Browser(app);
  const { url } = (await call('POST', '/sessions')) as { url: string };
  plans.clear();

  // Values for properties, one with a review, and tasks.
  const mapping = (field: string, property: string, policy: string) => ({
    field,
    objectType: 'contacts',
    property,
    policy,
  });
  await call('PATCH', '/settings', {
    fieldMappings: [mapping('last_meeting_title', 'jobtitle', 'ours'), mapping('last_meeting_host', 'city', 'review')],
    createTasks: 'all',
  });

  // Live meetings: posted, posted again, changed, by a person's request, and one that matches no record.
  await call('POST', '/meetings', about('live-1'));
  await call('POST', '/meetings', about('live-2'));
  await call('POST', '/meetings', about('unknown'));
  await ended();
  await call('POST', '/meetings', about('live-1'));
  await call('POST', '/meetings', about('live-2', 'Another title'));
  await call('POST', '/meetings/live-1/resync');
  await call('PUT', '/meetings/live-1/links/deals/' + crm.create('deals', { dealname: 'By hand' }).id);
  await ended();

  const reviews = (await call('GET', `/reviews?status=open&record=contacts/${contacts[0]}`)) as {
    reviews: { id: string }[];
  };
  await call('POST', `/reviews/${reviews.reviews[0]?.id}`, { decision: 'accept' });
  await ended();

  // A backfill.
  const lines = known.slice(2).map((name) => JSON.stringify(about(name)));
  const { backfillId } = (await call('POST', '/backfills', lines.join('\n'))) as { backfillId: string };
  await backfiller.sweep();
  await until(async () => ((await call('GET', `/backfills/${backfillId}`)) as { left: number }).left === 0);

  // Changes in HubSpot: of many meetings, of one, a late match, a deletion, a merge, a privacy deletion.
  const deal = crm.create('deals', { dealname: 'New' }).id;
  crm.associate('companies', company.id, 'deals', deal);
  const late = crm.create('contacts', { email: 'unknown@acme.example' }).id;
  crm.archive('contacts', contacts[3] ?? '');
  await stack.apply(
    { subscriptionType: 'deal.creation', objectId: Number(deal) },
    {
      subscriptionType: 'company.associationChange',
      associationType: 'COMPANY_TO_DEAL',
      fromObjectId: Number(company.id),
      toObjectId: Number(deal),
      associationRemoved: false,
    },
    { subscriptionType: 'contact.creation', objectId: Number(late) },
    { subscriptionType: 'contact.propertyChange', objectId: Number(contacts[0]), propertyName: 'email' },
    { subscriptionType: 'contact.deletion', objectId: Number(contacts[3]) },
    { subscriptionType: 'contact.privacyDeletion', objectId: Number(contacts[4]) },
  );
  await ended();

  await stack.reconcile();
  await call('POST', '/meetings/resync', { reason: 'no_crm_match' });
  await call('DELETE', '/meetings/live-2');
  await ended();

  // What people and programs read.
  await browser.open(url.replace('http://localhost:3000', ''));
  for (const page of [
    '/meetings',
    '/meetings?status=synced&search=title',
    '/meetings?search=acme&from=2020-01-01&reason=no_crm_match',
    `/meetings?record=companies/${company.id}`,
    '/meetings/live-1',
    '/settings/integrations',
    '/settings/linking',
    '/settings/apply',
    '/search?q=acme',
    '/search?q=another+title',
    '/search?q=https%3A%2F%2Fapp.northwind.example%2Fmeetings%2F7',
    `/records/contacts/${contacts[0]}`,
    `/records/contacts/${contacts[3]}`,
    `/records/companies/${company.id}`,
    `/records/deals/${deal}`,
    '/records/deals/999',
    '/analytics',
    '/analytics?section=context',
    '/analytics?section=to-do&industry=BANKING',
    '/analytics?section=deals&lifecycleStage=lead&jobTitle=cto',
  ])
    await browser.open(page);
  for (const path of [
    '/meetings?limit=5',
    '/meetings?status=synced',
    '/meetings/live-1',
    '/meetings/live-1/context',
    '/connection',
    '/settings',
  ])
    await call('GET', path);

  // What the server does in the background.
  await call('PATCH', '/settings', { retentionDays: 1 });
  await changes.sweep();
  await backfiller.sweep();
  await backfiller.restart();
  await stack.reconciler.restart();
  await new LostRuns({ ...product, ...stack }).sweep();
  await deleteExpiredContent(db, 100);
  await deleteOldAnswers(db);
  await deleteOldNamed(db);
  await deleteOldLines(db, 10_000);
  await product.metrics.text();

  expect(plans.count).toBeGreaterThan(1_000);
  const unexpected = plans.sequentialScans.filter(
    ({ table, statement }) =>
      !SMALL_TABLES.includes(table) && !ALLOWED.some((allowed) => statement.includes(allowed.statement)),
  );
  expect(unexpected).toEqual([]);
});

async function until(isDone: () => Promise<boolean>): Promise<void> {
  while (!(await isDone())) {
    await stack.starter.sweep(0);
    await sleep(50);
  }
}
