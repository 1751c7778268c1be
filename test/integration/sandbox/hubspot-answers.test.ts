import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { startSandbox } from '../../../sandbox/sandbox';
import type { Sandbox } from '../../../sandbox/sandbox';
import { at, caller, listAt, textAt } from './client';
import type { Caller } from './client';

const PORTAL = 4_815_162;

let sandbox: Sandbox;
let call: Caller;

beforeEach(async () => {
  sandbox = await startSandbox({ seed: 'empty', searchLagMs: 0 });
  call = caller(sandbox);
});
afterEach(() => sandbox.close());

const search = (filter: object) =>
  call('POST', '/crm/v3/objects/contacts/search', { filterGroups: [{ filters: [filter] }] });

test('a missing scope is named in the top-level context, and that of owners in errors', async () => {
  const bare = caller(sandbox, { scopes: ['oauth'] });
  const objects = await bare('POST', '/crm/v3/objects/deals/batch/read', { inputs: [{ id: '1' }] });
  expect(objects.status).toBe(403);
  expect(at(objects.body, 'context', 'requiredGranularScopes')).toEqual(['crm.objects.deals.read']);
  expect(at(objects.body, 'errors')).toBeUndefined();
  const owners = await bare('GET', '/crm/v3/owners');
  expect(at(owners.body, 'errors', 0, 'context', 'requiredScopes')).toEqual(['crm.objects.owners.read']);
});

test('JSON that cannot be read is refused without a category', async () => {
  const { accessToken } = sandbox.tokens.issue();
  const response = await fetch(`${sandbox.url}/crm/v3/objects/contacts`, {
    method: 'POST',
    headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
    body: '{"properties": ',
  });
  expect(response.status).toBe(400);
  expect(await response.json()).toEqual({
    status: 'error',
    message: expect.stringMatching(/^Invalid input JSON on line 1, column 1: /u),
    correlationId: expect.any(String),
  });
});

test("a batch of more than 100 is refused in HubSpot's words", async () => {
  const inputs = Array.from({ length: 107 }, (_, index) => ({ id: String(index + 1) }));
  const { status, body } = await call('POST', '/crm/v3/objects/contacts/batch/read', { inputs });
  expect(status).toBe(400);
  expect(textAt(body, 'message')).toBe(
    'The maximum number of inputs supported in a batch is 100. Please reduce the number of items and try again',
  );
  expect(at(body, 'context')).toBeUndefined();
});

test('a long address is refused by the edge, in HTML', async () => {
  const reply = await call('GET', `/crm/v3/objects/contacts?properties=${'a_property,'.repeat(3000)}`);
  expect(reply.status).toBe(414);
  expect(reply.headers.get('content-type')).toContain('text/html');
});

test.each([
  ['update', 'contacts', 'email', '0-1'],
  ['update', 'companies', 'hs_object_id', '0-2'],
  ['upsert', 'companies', 'domain', '0-2'],
])('batch %s of %s by %s is refused', async (operation, type, idProperty, typeId) => {
  const { status, body } = await call('POST', `/crm/v3/objects/${type}/batch/${operation}`, {
    inputs: [{ id: '1', idProperty, properties: { city: 'x' } }],
  });
  expect(status).toBe(400);
  expect(textAt(body, 'message')).toBe(
    `Unable to perform update/upsert by non-unique ${typeId} property ${idProperty} in portal ID ${PORTAL}`,
  );
});

test('an address twice in one batch is refused without an id, and a known one with its id', async () => {
  const known = sandbox.crm.create('contacts', { email: 'known@acme.example' });
  const inputs = ['known@acme.example', 'new@acme.example', 'new@acme.example'].map((email, index) => ({
    properties: { email },
    objectWriteTraceId: String(index),
  }));
  const { status, body } = await call('POST', '/crm/v3/objects/contacts/batch/create', { inputs });
  expect(status).toBe(207);
  expect(listAt(body, 'errors').map((each) => [at(each, 'message'), at(each, 'context', 'existingId')])).toEqual([
    [`Contact already exists. Existing ID: ${known.id}`, [known.id]],
    ['Contact already exists', undefined],
  ]);
});

test('answers to creates omit trace ids when the settings say so', async () => {
  sandbox.settings.traceIdsInCreates = false;
  const { body } = await call('POST', '/crm/v3/objects/contacts/batch/create', {
    inputs: [{ properties: { email: 'a@acme.example' }, objectWriteTraceId: '1' }],
  });
  expect(at(body, 'results', 0, 'properties', 'email')).toBe('a@acme.example');
  expect(at(body, 'results', 0, 'objectWriteTraceId')).toBeUndefined();
});

test.each([
  ['enumeration', 200, 1],
  ['string', 200, 0],
  ['refused', 400, 0],
] as const)('IN over hs_additional_emails as %s', async (additionalEmails, status, found) => {
  sandbox.settings.additionalEmails = additionalEmails;
  sandbox.crm.create('contacts', { email: 'a@acme.example', hs_additional_emails: 'b@acme.example;c@acme.example' });
  const reply = await search({
    propertyName: 'hs_additional_emails',
    operator: 'IN',
    values: ['x@acme.example', 'c@acme.example'],
  });
  expect(reply.status).toBe(status);
  expect(reply.status === 200 ? listAt(reply.body, 'results') : []).toHaveLength(found);
});

test('another app uses a part of the searches', async () => {
  sandbox.settings.otherAppSearchesPerSecond = 3;
  const filter = { propertyName: 'email', operator: 'EQ', value: 'a@acme.example' };
  const replies = await Promise.all(Array.from({ length: 5 }, () => search(filter)));
  expect(replies.map((reply) => reply.status).filter((status) => status === 429).length).toBeGreaterThanOrEqual(2);
  sandbox.settings.otherAppSearchesPerSecond = 0;
});

test('calls for a moved account get a 488 until a person connects again', async () => {
  sandbox.portals.move(PORTAL, { hublet: 'na2', uiDomain: 'app-na2.hubspot.com' });
  const { status, body } = await call('GET', '/crm/v3/objects/contacts');
  expect(status).toBe(488);
  expect(at(body, 'correctHublet')).toBe('na2');
  expect(textAt(body, 'message')).toContain('is unknown to this Hublet');
  const details = await caller(sandbox)('GET', '/account-info/v3/details');
  expect(details.status).toBe(200);
  expect(at(details.body, 'uiDomain')).toBe('app-na2.hubspot.com');
});

test('an address with a refused ending is not accepted as an e-mail', async () => {
  const create = (email: string) => call('POST', '/crm/v3/objects/contacts', { properties: { email } });
  expect((await create('a@b.invalid')).status).toBe(400);
  sandbox.settings.refusedEmailEndings = ['@spam.example'];
  const { status, body } = await create('a@spam.example');
  expect(status).toBe(400);
  expect(at(body, 'errors', 0, 'code')).toBe('INVALID_EMAIL');
});

test("a contact's first company becomes its primary one, and the second does not", async () => {
  const contact = sandbox.crm.create('contacts', { email: 'a@acme.example' }).id;
  const companies = ['A', 'B'].map((name) => sandbox.crm.create('companies', { name }).id);
  for (const id of companies) {
    await call('PUT', `/crm/v4/objects/contacts/${contact}/associations/default/companies/${id}`);
  }
  const labels = sandbox.crm
    .associations('contacts', contact, 'companies')
    .map((each) => each.types.some((type) => type.label === 'Primary'));
  expect(labels).toEqual([true, false]);
});

test('the URLs of notes and tasks lead to their pages', async () => {
  const made = { hs_timestamp: '2026-03-12T10:00:00Z' };
  const note = await call('POST', '/crm/v3/objects/notes', { properties: { ...made, hs_note_body: 'Only this' } });
  const id = textAt(note.body, 'id');
  expect(decodeURIComponent(textAt(note.body, 'url'))).toBe(
    `${sandbox.url}/contacts/${PORTAL}/objects/0-46/views/all/list?filters=[{"property":"hs_object_id","operator":"EQ","value":"${id}"}]`,
  );
  const list = await (await fetch(textAt(note.body, 'url'))).text();
  expect(list).toContain(`/record/0-46/${id}`);
  const task = await call('POST', '/crm/v3/objects/tasks', { properties: { ...made, hs_task_subject: 'T' } });
  const taskId = textAt(task.body, 'id');
  expect(textAt(task.body, 'url')).toBe(`${sandbox.url}/tasks/${PORTAL}/view/all/task/${taskId}`);
  expect((await fetch(textAt(task.body, 'url'))).status).toBe(200);
});

test("a deep link shows the activity on its record's timeline", async () => {
  const contact = sandbox.crm.create('contacts', { email: 'a@acme.example' }).id;
  const note = sandbox.crm.create('notes', { hs_timestamp: '2026-03-12T10:00:00Z', hs_note_body: 'n' }).id;
  sandbox.crm.associate('notes', note, 'contacts', contact);
  const page = await fetch(`${sandbox.url}/contacts/${PORTAL}/record/0-1/${contact}/view/1?engagement=${note}`);
  expect(await page.text()).toContain(`data-id="${note}" aria-current="true"`);
});

test('new contacts have a stage, definitions name their creators, and the creation key is unique', async () => {
  const contact = await call('POST', '/crm/v3/objects/contacts', { properties: { email: 'a@acme.example' } });
  expect(at(contact.body, 'properties', 'hs_v2_date_entered_current_stage')).toEqual(expect.any(String));
  await call('POST', '/crm/v3/properties/contacts', {
    name: 'ours',
    label: 'Ours',
    type: 'string',
    fieldType: 'text',
    groupName: 'contactinformation',
  });
  const ours = await call('GET', '/crm/v3/properties/contacts/ours');
  expect(ours.body).toMatchObject({ createdUserId: expect.any(String), createdAt: expect.any(String) });
  const key = await call('GET', '/crm/v3/properties/contacts/hs_unique_creation_key');
  expect(at(key.body, 'hasUniqueValue')).toBe(true);
});

test('an archived definition is listed as such, keeps its name, and a type takes its own field types only', async () => {
  const path = '/crm/v3/properties/contacts';
  const note = { name: 'once', label: 'Once', type: 'string', fieldType: 'text', groupName: 'contactinformation' };
  expect((await call('POST', path, note)).status).toBe(201);
  expect((await call('DELETE', `${path}/once`)).status).toBe(204);
  const archived = await call('GET', `${path}?archived=true`);
  expect(at(archived.body, 'results', 0)).toMatchObject({ name: 'once', archived: true });
  expect((await call('GET', `${path}/once`)).status).toBe(404);
  expect((await call('POST', path, note)).status).toBe(409);
  expect((await call('POST', path, { ...note, name: 'count', type: 'number' })).status).toBe(400);
});

test('batch updates omit deleted records when the settings say so', async () => {
  sandbox.settings.deletedLeftOut = true;
  const { id } = sandbox.crm.create('contacts', { email: 'a@acme.example' });
  sandbox.crm.archive('contacts', id);
  const { status, body } = await call('POST', '/crm/v3/objects/contacts/batch/update', {
    inputs: [{ id, properties: { city: 'x' } }],
  });
  expect(status).toBe(200);
  expect(listAt(body, 'results')).toEqual([]);
});

test('the beta erases activities permanently in accounts that have it', async () => {
  const note = sandbox.crm.create('notes', { hs_timestamp: '2026-03-12T10:00:00Z', hs_note_body: 'n' }).id;
  const erase = () => call('POST', '/crm/objects/2026-09-beta/notes/gdpr-delete', { objectId: note });
  sandbox.settings.activityErasure = false;
  const without = await erase();
  expect(without.status).toBe(404);
  expect(without.headers.get('content-type')).toContain('text/html');
  sandbox.settings.activityErasure = true;
  expect((await erase()).status).toBe(204);
  expect(sandbox.crm.get('notes', note)).toBeUndefined();
  expect((await erase()).status).toBe(404);
});
