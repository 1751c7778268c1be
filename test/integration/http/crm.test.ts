import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { z } from 'zod';
import type { RecordRef } from '../../../src/meeting/linking/cascade';
import type { PickedPage } from '../../../src/meeting/records';
import { replaceLinks } from '../../../src/store/meetings/links';
import { acceptMeeting } from '../../../src/store/meetings/meetings';
import { trackRecords } from '../../../src/store/mirror/mirror';
import { processedMeetingSchema } from '../../../src/meeting/intake/schema';
import { meeting } from '../../support/meetings';
import { consent } from './consent';
import { startHttpStack, type HttpStack } from './support';

let stack: HttpStack;
beforeAll(async () => {
  stack = await startHttpStack();
});
beforeEach(async () => {
  const { db } = stack.product;
  await db.deleteFrom('meetings').execute();
  await db.deleteFrom('crm_records').execute();
  await connect(stack);
  stack.sandbox.requests.clear();
});
afterAll(() => stack.close());

async function connect(which: HttpStack): Promise<void> {
  const browser = await which.signIn();
  const { headers } = await browser.get('/integrations/hubspot/connect');
  await browser.open(await consent(which.sandbox, String(headers['location'])));
}

async function objectTypesOf(connected: HttpStack): Promise<{ objectType: string; singular: string }[]> {
  const answer = await connected.call('GET', '/api/v1/crm/object-types');
  return answer.json<{ objectTypes: { objectType: string; singular: string }[] }>().objectTypes;
}

/** The custom object type of the account in the sandbox. */
async function projectTypeOf(connected: HttpStack): Promise<string> {
  const types = await objectTypesOf(connected);
  return types.find(({ singular }) => singular === 'Onboarding project')?.objectType ?? '';
}

/** Stores a meeting that is linked to this record. The mirror has not read the record yet. */
async function meetingWith(record: RecordRef, meetingId: string): Promise<void> {
  const { db } = stack.product;
  const key = { workspaceId: stack.workspaceId, meetingId };
  await acceptMeeting(db, {
    workspaceId: stack.workspaceId,
    meeting: processedMeetingSchema.parse(meeting({ meetingId })),
  });
  await replaceLinks(db, key, portalId(), [{ ...record, via: 'participant', from: null }]);
  await trackRecords(db, portalId(), [record]);
}

const portalId = () => stack.sandbox.portals.list()[0]?.id ?? 0;
const get = (path: string) => stack.call('GET', `/api/v1/crm/${path}`);
const found = async (path: string) => {
  const answer = await get(path);
  expect(answer.statusCode).toBe(200);
  return answer.json<PickedPage>();
};
const searches = () => stack.sandbox.requests.list({ path: '/search' });
const faultsOf = async (answer: ReturnType<typeof get>) => {
  const { statusCode, ...response } = await answer;
  return [statusCode, ...(response.json<{ errors?: { path: string }[] }>().errors?.map(({ path }) => path) ?? [])];
};

test('The object types are the standard ones and those of the account, read when it connects', async () => {
  const objectTypes = await objectTypesOf(stack);
  expect(objectTypes.map(({ singular }) => singular)).toEqual(['Contact', 'Company', 'Deal', 'Onboarding project']);
  expect(objectTypes[3]?.objectType).toMatch(/^2-\d+$/);
  const { db } = stack.product;
  expect(await db.selectFrom('crm_stages').select('label').where('stage_id', '=', 'closedwon').execute()).toEqual([
    { label: 'Closed Won' },
  ]);
  expect((await db.selectFrom('crm_owners').select('owner_id').execute()).length).toBeGreaterThan(1);
});

test('The settings accept only object types of the account, including new ones', async () => {
  // Uses its own stack, because the account keeps the type that this test creates.
  const own = await startHttpStack();
  await connect(own);
  own.sandbox.requests.clear();
  const projectType = await projectTypeOf(own);
  const patch = (customObjectTypes: string[]) => own.call('PATCH', '/api/v1/settings', { customObjectTypes });
  expect((await patch([projectType])).statusCode).toBe(200);
  expect(own.sandbox.requests.list()).toEqual([]);
  expect(await faultsOf(patch([projectType, '2-1', '2-2']))).toEqual([
    400,
    'customObjectTypes[1]',
    'customObjectTypes[2]',
  ]);

  const { accessToken } = await own.product.tokens.access(own.workspaceId);
  const made = await fetch(`${own.sandbox.url}/crm-object-schemas/2026-03/schemas`, {
    method: 'POST',
    headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      name: 'car',
      labels: { singular: 'Car', plural: 'Cars' },
      primaryDisplayProperty: 'plate',
      requiredProperties: [],
      searchableProperties: ['plate'],
      properties: [{ name: 'plate', label: 'Plate', type: 'string', fieldType: 'text' }],
      associatedObjects: ['contacts'],
    }),
  });
  const { objectTypeId } = z.object({ objectTypeId: z.string() }).parse(await made.json());
  expect((await patch([objectTypeId])).statusCode).toBe(200);
  expect((await patch([])).statusCode).toBe(200);
  await own.close();
});

test('Records are found by name, address, domain and primary property, with a detail that distinguishes them', async () => {
  const projectType = await projectTypeOf(stack);
  const { crm } = stack.sandbox;
  const contact = crm.create('contacts', { email: 'zoe@zebra.example', firstname: 'Zoe', lastname: 'Zebra' });
  const company = crm.create('companies', { name: 'Zebra Ltd', domain: 'zebra.example' });
  const deal = crm.create('deals', { dealname: 'Zebra deal', pipeline: 'default', dealstage: 'contractsent' });
  const project = crm.create(projectType, { project_name: 'Zebra go-live' });
  const url = (type: string, id: string) => `${stack.sandbox.url}/contacts/${portalId()}/record/${type}/${id}`;
  expect(await found('contacts?q=zebra')).toEqual({
    results: [
      {
        objectType: 'contacts',
        id: contact.id,
        name: 'Zoe Zebra',
        detail: 'zoe@zebra.example',
        url: url('0-1', contact.id),
      },
    ],
    after: null,
  });
  expect((await found('contacts?q=ZOE@zebra.example')).results).toHaveLength(1);
  expect((await found('companies?q=zebra.example')).results).toMatchObject([
    { id: company.id, name: 'Zebra Ltd', detail: 'zebra.example' },
  ]);
  expect((await found('deals?q=zebra')).results).toMatchObject([
    { id: deal.id, name: 'Zebra deal', detail: 'Contract Sent · Sales Pipeline' },
  ]);
  expect((await found(`${projectType}?q=zebra`)).results).toMatchObject([{ id: project.id, name: 'Zebra go-live' }]);
});

test('Pages lead to the last one', async () => {
  for (let index = 0; index < 5; index++) stack.sandbox.crm.create('companies', { name: `Paged ${index}` });
  const first = await found('companies?q=paged&limit=2');
  const second = await found(`companies?q=paged&limit=2&after=${first.after}`);
  const third = await found(`companies?q=paged&limit=2&after=${second.after}`);
  expect([first, second, third].flatMap(({ results }) => results.map(({ name }) => name))).toEqual(
    Array.from({ length: 5 }, (_, index) => `Paged ${index}`),
  );
  expect(third.after).toBeNull();
});

test('Equal searches at once, or within seconds, are one call', async () => {
  await Promise.all(Array.from({ length: 6 }, () => found('contacts?q=many')));
  await found('contacts?q=MANY');
  expect(searches()).toHaveLength(1);
  await found('contacts?q=other');
  expect(searches()).toHaveLength(2);
});

test('A record is found by its id and by the URL of its page', async () => {
  const contact = stack.sandbox.crm.create('contacts', { email: 'by@id.example', firstname: 'By', lastname: 'Id' });
  expect((await found(`contacts?q=${contact.id}`)).results).toMatchObject([{ id: contact.id, name: 'By Id' }]);
  const pages = [
    `https://app.hubspot.com/contacts/${portalId()}/record/0-1/${contact.id}`,
    `https://app-eu1.hubspot.com/contacts/${portalId()}/contact/${contact.id}/?interaction=note`,
  ];
  for (const page of pages) {
    // The type comes from the pasted address, not from the page that searches.
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    const { results } = await found(`deals?q=${encodeURIComponent(page)}`);
    expect(results).toMatchObject([{ objectType: 'contacts', id: contact.id, name: 'By Id' }]);
  }
  expect((await found('contacts?q=999999999999')).results).toEqual([]);
  expect(stack.sandbox.requests.list().filter(({ status }) => (status ?? 0) >= 400)).toEqual([]);
});

test('With fewer than two characters, the answer is the records of the newest meetings, without a call', async () => {
  const { db } = stack.product;
  const contact = { objectType: 'contacts', id: '7001' };
  await meetingWith(contact, 'recent');
  await acceptMeeting(db, {
    workspaceId: stack.workspaceId,
    meeting: processedMeetingSchema.parse(meeting({ meetingId: 'older' })),
  });
  expect((await found('contacts?q=')).results).toEqual([]);
  await db
    .updateTable('crm_records')
    .set({ properties: JSON.stringify({ firstname: 'Rita', email: 'rita@recent.example' }) })
    .where('record_id', '=', '7001')
    .execute();
  expect((await found('contacts')).results).toMatchObject([{ id: '7001', name: 'Rita' }]);
  expect((await found('contacts?q=R')).results).toHaveLength(1);
  expect((await found('contacts?q=%25')).results).toEqual([]);
  expect((await found('deals')).results).toEqual([]);
  expect(stack.sandbox.requests.list()).toEqual([]);
});

test('HubSpot’s limit and an outage are 503 with Retry-After, and waiting callers use up no slot', async () => {
  stack.sandbox.faults.add({
    match: { path: '/search' },
    times: 1,
    action: { kind: 'rate-limit-429', policy: 'SECONDLY', retryAfter: 7 },
  });
  const limited = await get('contacts?q=limited');
  expect([limited.statusCode, limited.headers['retry-after']]).toEqual([503, '7']);
  expect(limited.json()).toMatchObject({ type: expect.stringMatching('hubspot-unavailable'), status: 503 });
  const closed = await get('contacts?q=limited too');
  expect([closed.statusCode, Number(closed.headers['retry-after']) > 0]).toEqual([503, true]);
  expect(searches()).toHaveLength(1);
  await stack.product.db.deleteFrom('hubspot_budgets').execute();
  stack.sandbox.faults.add({ match: { path: '/search' }, times: 1, action: { kind: 'html-502' } });
  expect((await get('contacts?q=away')).statusCode).toBe(503);
  // A failure is not cached.
  expect((await get('contacts?q=away')).statusCode).toBe(200);
});

test.each([
  ['tickets?q=abc', 'objectType'],
  ['2-99?q=abc', 'objectType'],
  ['contacts?q=abc&limit=0', 'limit'],
  ['contacts?q=abc&limit=51', 'limit'],
  ['contacts?q=abc&after=x', 'after'],
  ['contacts?q=abc&colour=red', 'colour'],
  [`contacts?q=${'a'.repeat(201)}`, 'q'],
  [`contacts?q=${encodeURIComponent('https://app.hubspot.com/contacts/1/record/0-1/5')}`, 'q'],
  [`contacts?q=${encodeURIComponent('https://app.hubspot.com/contacts/4815162/record/0-5/5')}`, 'q'],
])('%s names the invalid field', async (path, field) => {
  expect(await faultsOf(get(path))).toEqual([400, field]);
});

test('Disconnecting erases the mirror on request and keeps the ids of links; connecting again reads the linked records again', async () => {
  const { db } = stack.product;
  const tables = [
    'crm_records',
    'crm_owners',
    'crm_stages',
    'crm_pipelines',
    'crm_object_types',
    'hubspot_owners',
  ] as const;
  const counts = () =>
    Promise.all(
      tables.map(async (table) =>
        Number(
          (
            await db
              .selectFrom(table)
              .select((q) => q.fn.countAll().as('n'))
              .executeTakeFirst()
          )?.n,
        ),
      ),
    );
  await meetingWith({ objectType: 'contacts', id: '7001' }, 'linked');
  const before = await counts();
  expect(before.every((count) => count > 0)).toBe(true);
  await stack.call('DELETE', '/api/v1/connection');
  expect(await counts()).toEqual(before);
  expect((await stack.call('POST', '/api/v1/reconcile')).statusCode).toBe(409);
  expect((await get('contacts?q=no-one')).statusCode).toBe(409);
  expect(await faultsOf(stack.call('DELETE', '/api/v1/connection?eraseMirror=yes'))).toEqual([400, 'eraseMirror']);

  const erased = await stack.call('DELETE', '/api/v1/connection?eraseMirror=true');
  expect(erased.json()).toMatchObject({ state: 'none' });
  expect(await counts()).toEqual(tables.map(() => 0));
  expect(await db.selectFrom('links').select('record_id').execute()).toEqual([{ record_id: '7001' }]);

  await connect(stack);
  expect(await db.selectFrom('crm_records').select(['record_id', 'read_at']).execute()).toEqual([
    { record_id: '7001', read_at: null },
  ]);
});

test('The page that disconnects asks whether to erase the mirror', async () => {
  await meetingWith({ objectType: 'contacts', id: '7001' }, 'linked');
  const browser = await stack.signIn();
  const page = await browser.open('/integrations/hubspot/disconnect');
  expect(page).toMatch(/<input [^>]*type="checkbox" name="eraseMirror" value="true">/);
  const csrf = /name="_csrf" value="(?<token>[^"]+)"/.exec(page)?.groups?.['token'] ?? '';
  await browser.post('/integrations/hubspot/disconnect', { _csrf: csrf, eraseMirror: 'true' });
  expect(await stack.product.db.selectFrom('crm_records').select('record_id').execute()).toEqual([]);
});
