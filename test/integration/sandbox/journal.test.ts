import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { DEMO_PORTAL, startSandbox } from '../../../sandbox/sandbox';
import type { Sandbox } from '../../../sandbox/sandbox';
import { at, caller, listAt, replyOf, textAt } from './client';
import type { Caller, Reply } from './client';

const JOURNAL = '/webhooks-journal/journal/2026-03';
const SUBSCRIPTIONS = '/webhooks-journal/subscriptions/2026-03';
const SCOPES = [
  'developer.webhooks_journal.read',
  'developer.webhooks_journal.subscriptions.read',
  'developer.webhooks_journal.subscriptions.write',
  'crm.objects.custom.read',
];

let sandbox: Sandbox;
let call: Caller;
/** The demo account's "Onboarding project". */
let type: string;
beforeEach(async () => {
  sandbox = await startSandbox({ searchLagMs: 0, journal: { access: 'granted' } });
  sandbox.tokens.issue();
  call = caller(sandbox, { token: textAt((await appToken(SCOPES)).body, 'access_token') });
  const schemas = await caller(sandbox)('GET', '/crm-object-schemas/2026-03/schemas');
  type = textAt(schemas.body, 'results', 0, 'objectTypeId');
});
afterEach(() => sandbox.close());

async function appToken(scopes: string[], version = '2026-03'): Promise<Reply> {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: 'sandbox-client',
    client_secret: 'sandbox-secret',
    scope: scopes.join(' '),
  });
  return replyOf(await fetch(`${sandbox.url}/oauth/${version}/token`, { method: 'POST', body }));
}

const objects = (changes: object = {}) => ({
  subscriptionType: 'OBJECT',
  portalId: DEMO_PORTAL,
  objectTypeId: type,
  actions: ['CREATE', 'UPDATE', 'DELETE', 'MERGE', 'RESTORE'],
  properties: ['project_name'],
  objectIds: [],
  ...changes,
});
const associations = () => ({
  subscriptionType: 'ASSOCIATION',
  portalId: DEMO_PORTAL,
  objectTypeId: type,
  associatedObjectTypeIds: ['0-1', '0-3'],
  actions: ['ASSOCIATION_ADDED', 'ASSOCIATION_REMOVED'],
  objectIds: [],
});

/** Every file from the earliest one on, read as an app reads them. */
async function files(): Promise<unknown[][]> {
  const found: unknown[][] = [];
  let reply = await call('GET', `${JOURNAL}/earliest`);
  while (reply.status === 200) {
    const file = await replyOf(await fetch(textAt(reply.body, 'url')));
    expect(at(file.body, 'offset')).toBe(at(reply.body, 'currentOffset'));
    found.push(listAt(file.body, 'journalEvents'));
    reply = await call('GET', `${JOURNAL}/offset/${textAt(reply.body, 'currentOffset')}/next`);
  }
  expect(reply.status).toBe(204);
  return found;
}

test('a token of the app needs the journal’s scopes, and no portal’s token opens the journal', async () => {
  expect(at((await appToken(SCOPES)).body)).toEqual({
    token_type: 'bearer',
    access_token: expect.any(String),
    expires_in: 1800,
    token_use: 'client_credentials',
  });
  expect((await appToken(SCOPES, 'v1')).body).toMatchObject({ status: 'BAD_GRANT_TYPE' });
  expect((await appToken(['developer.webhooks_journal.write'])).body).toMatchObject({ status: 'BAD_SCOPES' });
  expect(await caller(sandbox)('GET', SUBSCRIPTIONS)).toMatchObject({ status: 401 });
  const weak = caller(sandbox, { token: textAt((await appToken(['crm.objects.custom.read'])).body, 'access_token') });
  expect(await weak('GET', `${JOURNAL}/latest`)).toMatchObject({
    status: 403,
    body: {
      category: 'MISSING_SCOPES',
      context: { requiredGranularScopes: ['developer.webhooks_journal.read'] },
    },
  });
  sandbox.settings.journal.access = 'powerless';
  expect(await call('GET', `${JOURNAL}/latest`)).toMatchObject({ status: 403 });
  sandbox.settings.journal.access = 'refused';
  expect((await appToken(SCOPES)).body).toMatchObject({ error: 'invalid_scope', status: 'BAD_SCOPES' });
});

test('a subscription is created once, changed in place, and removed', async () => {
  const first = await call('POST', SUBSCRIPTIONS, objects());
  expect(first).toMatchObject({ status: 200, body: { portalId: DEMO_PORTAL, objectTypeId: type, deletedAt: null } });
  const again = await call('POST', SUBSCRIPTIONS, objects({ properties: ['go_live'] }));
  expect(at(again.body, 'id')).toBe(at(first.body, 'id'));
  await call('POST', SUBSCRIPTIONS, {
    subscriptionType: 'APP_LIFECYCLE_EVENT',
    eventTypeId: '4-1916193',
    properties: [],
  });
  const listed = await call('GET', SUBSCRIPTIONS);
  expect(listed.body).toMatchObject({
    results: [{ properties: ['go_live'] }, { subscriptionType: 'APP_LIFECYCLE_EVENT', objectTypeId: '4-1916193' }],
  });
  expect(await call('DELETE', `${SUBSCRIPTIONS}/${String(at(first.body, 'id'))}`)).toMatchObject({ status: 204 });
  expect(listAt((await call('GET', SUBSCRIPTIONS)).body, 'results')).toHaveLength(1);
});

test.each([
  ['an object type that the portal does not have', { objectTypeId: '2-1' }],
  ['a portal without the app', { portalId: 99 }],
  ['no action', { actions: [] }],
  ['no list of objects', { objectIds: undefined }],
])('%s is refused', async (_, changes) => {
  expect(await call('POST', SUBSCRIPTIONS, objects(changes))).toMatchObject({ status: 400 });
});

test('files list events of custom objects and their associations once, in order, and need only their address', async () => {
  await call('POST', SUBSCRIPTIONS, objects());
  await call('POST', SUBSCRIPTIONS, associations());
  const { crm } = sandbox;
  const [one, two] = [crm.create(type, { project_name: 'One' }), crm.create(type, { project_name: 'Two' })];
  const contact = crm.create('contacts', { email: 'j@journal.example' });
  crm.update(type, one.id, { go_live: '2027-01-01' });
  crm.update(type, one.id, { project_name: 'First' });
  crm.associate('contacts', contact.id, type, one.id);
  expect(await files()).toHaveLength(1);
  crm.disassociate('contacts', contact.id, type, one.id);
  crm.archive(type, two.id);
  crm.restore(type, two.id);
  const object = { type: 'crmObject', portalId: DEMO_PORTAL, objectTypeId: type };
  const ends = {
    type: 'association',
    portalId: DEMO_PORTAL,
    fromObjectTypeId: type,
    fromObjectId: Number(one.id),
    toObjectTypeId: '0-1',
    toObjectId: Number(contact.id),
  };
  expect(await files()).toEqual([
    [
      { ...object, action: 'CREATE', objectId: Number(one.id), propertyChanges: { project_name: 'One' } },
      { ...object, action: 'CREATE', objectId: Number(two.id), propertyChanges: { project_name: 'Two' } },
      { ...object, action: 'UPDATE', objectId: Number(one.id), propertyChanges: { project_name: 'First' } },
      { ...ends, action: 'ASSOCIATION_ADDED' },
    ].map((event) => expect.objectContaining({ ...event, occurredAt: expect.stringMatching(/^\d{4}-.*Z$/) })),
    [
      { ...ends, action: 'ASSOCIATION_REMOVED' },
      { ...object, action: 'DELETE', objectId: Number(two.id) },
      { ...object, action: 'RESTORE', objectId: Number(two.id) },
    ].map((event) => expect.objectContaining(event)),
  ]);

  const { body } = await call('GET', `${JOURNAL}/latest`);
  const url = textAt(body, 'url');
  expect((await fetch(url, { headers: { authorization: 'Bearer x' } })).status).toBe(400);
  expect((await fetch(url.replace(/signature=.*/, 'signature=0'))).status).toBe(403);
  sandbox.settings.journal.addressMs = 0;
  expect((await fetch(textAt((await call('GET', `${JOURNAL}/latest`)).body, 'url'))).status).toBe(403);
});

test('files are kept for a time, and the offset of a dropped file is a 404', async () => {
  sandbox.settings.journal.fileSize = 2;
  await call('POST', SUBSCRIPTIONS, objects());
  for (const name of ['a', 'b', 'c']) sandbox.crm.create(type, { project_name: name });
  expect((await files()).map((events) => events.length)).toEqual([2, 1]);
  const offset = textAt((await call('GET', `${JOURNAL}/latest`)).body, 'currentOffset');
  sandbox.settings.journal.keptMs = -1;
  expect(await call('GET', `${JOURNAL}/earliest`)).toMatchObject({ status: 204 });
  expect(await call('GET', `${JOURNAL}/offset/${offset}/next`)).toMatchObject({ status: 404 });
  sandbox.settings.journal.nothingNew = 404;
  expect(await call('GET', `${JOURNAL}/earliest`)).toMatchObject({ status: 404 });
});

test('an uninstall is recorded, ends the portal’s subscriptions, and nothing comes after it', async () => {
  await call('POST', SUBSCRIPTIONS, objects());
  await call('POST', SUBSCRIPTIONS, {
    subscriptionType: 'APP_LIFECYCLE_EVENT',
    eventTypeId: '4-1916193',
    properties: [],
  });
  sandbox.tokens.uninstall(DEMO_PORTAL);
  sandbox.crm.create(type, { project_name: 'Unseen' });
  expect(await files()).toEqual([
    [
      expect.objectContaining({
        type: 'app_lifecycle_event',
        action: 'APP_UNINSTALL',
        portalId: DEMO_PORTAL,
        eventTypeId: '4-1916193',
      }),
    ],
  ]);
  expect(listAt((await call('GET', SUBSCRIPTIONS)).body, 'results')).toHaveLength(1);
});
