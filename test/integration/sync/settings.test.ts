import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { SettingsPatch } from '../../../src/meeting/settings';
import { createContact } from '../../../src/activities/create-contact';
import { requestContact } from '../../../src/store/meetings/participants';
import { findPlanRows } from '../../../src/store/plan-rows';
import { changeSettings, loadSettings } from '../../../src/store/settings/settings';
import { meeting } from '../../support/meetings';
import { startStack, type Stack } from '../../support/stack';
import { TEST_ACTOR } from '../../support/actors';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
  await stack.connect();
});
afterEach(() =>
  change({
    ownDomains: [],
    createMissingContacts: 'never',
    matchPhoneNumbers: false,
    customObjectTypes: [],
    minimumMinutes: 0,
    excludedTitleWords: [],
  }),
);
afterAll(() => stack.close());

const change = (patch: SettingsPatch) => changeSettings(stack.product.db, stack.workspaceId, patch, TEST_ACTOR);

test("addresses of the workspace's own domains are internal", async () => {
  stack.sandbox.crm.create('contacts', { email: 'colleague@northwind-labs.example' });
  await change({ ownDomains: ['northwind-labs.example'] });
  const document = await stack.sync(
    meeting({
      meetingId: 's1',
      participants: [{ email: 'colleague@eu.northwind-labs.example' }, { email: 'colleague@northwind-labs.example' }],
    }),
  );
  expect(document).toMatchObject({ status: 'skipped', reason: { code: 'internal_only' }, unmatched: [] });
});

test('a missing contact is created once, and the meeting is associated with it', async () => {
  await change({ createMissingContacts: 'unknown_company' });
  const people = [{ email: 'New.Person@fresh.example', name: 'Nuria de la Vega', phone: '+34 600 000 009' }];
  const [first, second] = await Promise.all(
    ['s2', 's3'].map((meetingId) => stack.sync(meeting({ meetingId, participants: people }))),
  );
  expect([first?.status, second?.status]).toEqual(['synced', 'synced']);
  const contacts = stack.sandbox.crm
    .list('contacts')
    .filter(({ properties }) => properties['email'] === 'new.person@fresh.example');
  expect(contacts).toHaveLength(1);
  expect(contacts[0]?.properties).toMatchObject({
    firstname: 'Nuria de la',
    lastname: 'Vega',
    phone: '+34 600 000 009',
  });
  expect(stack.sandbox.crm.timeline('contacts', contacts[0]?.id ?? '')).toHaveLength(4);
});

test("at the account's limit of contacts, a meeting with known people is written, and another one needs a person", async () => {
  const { crm, faults } = stack.sandbox;
  crm.create('contacts', { email: 'known@full.example' });
  await change({ createMissingContacts: 'always' });
  const limit = faults.add({
    match: { path: '/contacts/batch/create' },
    action: {
      kind: 'status',
      status: 403,
      body: { status: 'error', message: 'This account has reached its limit of contacts.' },
    },
  });
  const [beside, alone] = await Promise.all([
    stack.sync(
      meeting({ meetingId: 'full-1', participants: [{ email: 'known@full.example' }, { email: 'x@full.example' }] }),
    ),
    stack.sync(meeting({ meetingId: 'full-2', participants: [{ email: 'x@full-alone.example' }] })),
  ]);
  expect(beside).toMatchObject({
    status: 'synced',
    warnings: [{ path: 'participants[1].email', message: expect.stringContaining('reached its limit of contacts') }],
  });
  expect(alone).toMatchObject({ status: 'needs_attention', reason: { code: 'contact_limit' } });
  faults.clear(limit);
});

/** How often a contact with this address was sent to HubSpot to be made. */
const creates = (email: string) =>
  stack.sandbox.requests
    .list({ path: '/contacts/batch/create' })
    .flatMap(({ body }) => [...JSON.stringify(body).matchAll(new RegExp(`"email":"${email}"`, 'g'))]).length;

const contactOf = (email: string) =>
  stack.sandbox.crm.list('contacts').filter(({ properties }) => properties['email'] === email);

test('one create for one address, however many meetings ask at once', async () => {
  await change({ createMissingContacts: 'unknown_company' });
  stack.sandbox.requests.clear();
  const ids = Array.from({ length: 6 }, (_, index) => `many-${index}`);
  const documents = await Promise.all(
    ids.map((meetingId) => stack.sync(meeting({ meetingId, participants: [{ email: 'one@many.example' }] }))),
  );
  expect(documents.map(({ status }) => status)).toEqual(ids.map(() => 'synced'));
  const [contact, ...more] = contactOf('one@many.example');
  expect(more).toEqual([]);
  expect(documents.flatMap(({ links }) => links.map(({ id }) => id))).toEqual(ids.map(() => contact?.id));
  expect(creates('one@many.example')).toBe(1);
});

test('always makes the contact of a known company: with that company, an owner and a source', async () => {
  const { crm, portals } = stack.sandbox;
  const owner = portals.addOwner(stack.portalId, { email: 'kim@northwind.example' });
  const company = crm.create('companies', { name: 'Known', domain: 'known.example', hubspot_owner_id: owner.id });
  const deal = crm.create('deals', { dealname: 'Known deal' });
  crm.associate('companies', company.id, 'deals', deal.id);
  const participants = [{ email: 'new@known.example', name: 'Nuria Vega' }, { email: 'info@known.example' }];
  await change({ createMissingContacts: 'unknown_company' });
  const before = await stack.sync(meeting({ meetingId: 'always-1', participants }));
  expect(before.links.map(({ objectType, via }) => [objectType, via])).toEqual([
    ['companies', 'domain'],
    ['deals', 'cascade'],
  ]);
  expect(contactOf('new@known.example')).toEqual([]);
  await change({ createMissingContacts: 'always' });
  const document = await stack.sync(meeting({ meetingId: 'always-2', participants }));
  const [contact] = contactOf('new@known.example');
  expect(contact?.properties).toMatchObject({
    firstname: 'Nuria',
    hubspot_owner_id: owner.id,
    message: expect.stringContaining('always-2'),
  });
  expect(crm.associations('contacts', contact?.id ?? '', 'companies').map(({ id }) => id)).toEqual([company.id]);
  expect(new Set(document.links.map(({ id }) => id))).toEqual(new Set([contact?.id, company.id, deal.id]));
  expect(document.unmatched.map(({ email }) => email)).toEqual(['info@known.example']);
  expect(contactOf('info@known.example')).toEqual([]);
});

test('a contact that a person requests is created by the next pass, once, and only for a participant', async () => {
  const { db } = stack.product;
  await change({ createMissingContacts: 'never' });
  const key = { workspaceId: stack.workspaceId, meetingId: 'requested' };
  const [email, other] = ['asked@requested.example', 'other@requested.example'];
  await stack.sync(
    meeting({ meetingId: key.meetingId, participants: [{ email, name: 'Nuria Vega' }, { email: other }] }),
  );
  expect(contactOf(email)).toEqual([]);
  expect(await requestContact(db, key, 'no-one@requested.example')).toBe(false);
  expect(await requestContact(db, key, email)).toBe(true);
  const document = await stack.sync(
    meeting({ meetingId: key.meetingId, title: 'Changed', participants: [{ email }, { email: other }] }),
  );
  const [contact, ...more] = contactOf(email);
  expect(more).toEqual([]);
  expect(document.links.map(({ id }) => id)).toEqual([contact?.id]);
  expect(document.unmatched.map((person) => person.email)).toEqual([other]);
  expect((await findPlanRows(db, key, 0))?.requestedContacts).toEqual([]);
  expect(contactOf(other)).toEqual([]);
});

test('an address that HubSpot refuses leaves that person unmatched, with its words; the meeting goes on', async () => {
  await change({ createMissingContacts: 'always' });
  const document = await stack.sync(
    meeting({
      meetingId: 'refused',
      participants: [{ email: 'ok@taken.example' }, { email: 'bad@refused.invalid', name: 'Bad' }],
    }),
  );
  expect(document).toMatchObject({
    status: 'synced',
    links: [{ objectType: 'contacts', id: contactOf('ok@taken.example')[0]?.id }],
    unmatched: [{ email: 'bad@refused.invalid', name: 'Bad' }],
    warnings: [{ path: 'participants[1].email', message: expect.stringContaining('invalid') }],
  });
  expect(JSON.stringify(document.warnings)).not.toContain('bad@');
  const alone = await stack.sync(
    meeting({ meetingId: 'refused-alone', participants: [{ email: 'bad@refused.invalid', name: 'Bad' }] }),
  );
  expect(alone).toMatchObject({ status: 'skipped', reason: { code: 'no_crm_match' }, links: [] });
});

test('what HubSpot refuses besides the address is left out of the contact, and said', async () => {
  const owner = stack.sandbox.portals.addOwner(stack.portalId, { email: 'gone@northwind.example', archived: true });
  stack.sandbox.crm.create('companies', { name: 'Extra', domain: 'extra.example' });
  await change({ createMissingContacts: 'always' });
  const { crm } = await stack.product.gateway.connect(stack.workspaceId);
  const person = { email: 'new@extra.example', name: 'Ana Ruiz', phone: null };
  const made = await createContact(crm, { person, companies: [], ownerId: owner.id, meetingId: 'extra' });
  expect(made.without).toMatchObject([{ name: 'hubspot_owner_id' }]);
  expect(contactOf('new@extra.example')[0]?.properties).toMatchObject({ lastname: 'Ruiz', message: expect.anything() });
});

test('a company that takes no more contacts costs the new contact that association only, and the document says so', async () => {
  const company = stack.sandbox.crm.create('companies', { name: 'Full', domain: 'full.example' });
  stack.sandbox.settings.associationLimits = { 'companies>contacts': 0 };
  await change({ createMissingContacts: 'always' });
  const participants = [{ email: 'nina@full.example', name: 'Vega, Nina' }];
  const document = await stack.sync(meeting({ meetingId: 'full-company', participants }));
  stack.sandbox.settings.associationLimits = {};
  const [contact] = contactOf('nina@full.example');
  expect(contact?.properties).toMatchObject({ firstname: 'Nina', lastname: 'Vega', message: expect.anything() });
  expect(document.warnings).toEqual([
    {
      path: `companies/${company.id}`,
      message: expect.stringMatching(/^HubSpot refused to associate a new contact with this company: .*limited to 0/),
    },
  ]);
});

test('a permission that HubSpot refuses for a contact costs that person, and the meeting only if there is no other', async () => {
  await change({ createMissingContacts: 'always' });
  const known = stack.sandbox.crm.create('contacts', { email: 'known@limit.example' });
  const words = 'The account has reached its number of contacts';
  const fault = stack.sandbox.faults.add({
    match: { path: '/contacts/batch/create' },
    action: { kind: 'status', status: 403, body: { message: words } },
  });
  const participants = [{ email: 'new@limits.example' }, { email: 'known@limit.example' }];
  expect(await stack.sync(meeting({ meetingId: 'no-permission', participants }))).toMatchObject({
    status: 'synced',
    links: [{ id: known.id }],
    unmatched: [{ email: 'new@limits.example' }],
    warnings: [{ path: 'participants[0].email', message: expect.stringContaining(words) }],
  });
  expect(
    await stack.sync(meeting({ meetingId: 'no-permission-alone', participants: participants.slice(0, 1) })),
  ).toMatchObject({ status: 'needs_attention', reason: { message: expect.stringContaining(words) } });
  stack.sandbox.faults.clear(fault);
});

test('a contact that was made meanwhile is found, regardless of the person’s name', async () => {
  const existing = stack.sandbox.crm.create('contacts', { email: 'x@meanwhile.example' });
  const { crm } = await stack.product.gateway.connect(stack.workspaceId);
  for (const name of ['Existing Contact', 'Contact already exists', existing.id, null]) {
    const person = { email: 'x@meanwhile.example', name, phone: null };
    const made = await createContact(crm, { person, companies: [], ownerId: null, meetingId: 'meanwhile' });
    expect(made).toEqual({ id: existing.id, without: [], apart: [] });
  }
});

test('with matchPhoneNumbers a person without an address is matched by a number that one contact has', async () => {
  const { crm } = stack.sandbox;
  const ana = crm.create('contacts', { email: 'ana@phones.example', phone: '+34 600 11 22 33' });
  const leo = crm.create('contacts', { email: 'leo@phones.example', mobilephone: '(415) 555-2671' });
  for (const email of ['x@phones.example', 'y@phones.example'])
    crm.create('contacts', { email, phone: '+34911222333' });
  const participants = [
    { name: 'Ana', phone: '0034 600 112 233' },
    { name: '+1 415 555 2671' },
    { name: 'Reception', phone: '+34 911 222 333' },
    { name: 'Unknown', phone: '+34 600 00 00 00' },
    { name: 'No code', phone: '600 11 22 33' },
  ];
  const off = await stack.sync(meeting({ meetingId: 'phones-off', participants }));
  expect(off).toMatchObject({ status: 'skipped', reason: { code: 'no_crm_match' } });
  await change({ matchPhoneNumbers: true });
  stack.sandbox.requests.clear();
  const on = await stack.sync(meeting({ meetingId: 'phones-on', participants }));
  expect(on.status).toBe('synced');
  expect(on.links.map(({ id, via }) => [id, via])).toEqual([
    [ana.id, 'participant'],
    [leo.id, 'participant'],
  ]);
  expect(on.unmatched.map(({ name }) => name)).toEqual(['Reception', 'Unknown', 'No code']);
  expect(stack.sandbox.requests.list({ path: '/contacts/search' })).toHaveLength(1);
});

test.each([
  ['short', { minimumMinutes: 60 }, 'under 60 minutes'],
  ['by its title', { excludedTitleWords: ['DISCOVERY'] }, 'DISCOVERY'],
])('an excluded meeting names the setting that excludes it: %s', async (name, patch, message) => {
  stack.sandbox.requests.clear();
  await change(patch);
  const document = await stack.sync(meeting({ meetingId: `s4-${name.replaceAll(' ', '-')}` }));
  expect(document).toMatchObject({
    status: 'skipped',
    reason: { code: 'meeting_excluded', message: expect.stringContaining(message) },
  });
  // Contacts are still looked up, so that a later privacy deletion finds the meeting.
  const looks = /\/contacts\/(batch\/read|search)$/;
  expect(stack.sandbox.requests.list().filter(({ path }) => !looks.test(path))).toEqual([]);
});

test('every change of settings is recorded with its author', async () => {
  await change({ minimumMinutes: 5 });
  const last = await stack.product.db
    .selectFrom('audit_events')
    .selectAll()
    .where('action', '=', 'settings.change')
    .orderBy('id', 'desc')
    .executeTakeFirstOrThrow();
  expect(last).toMatchObject({ actor_label: 'a test', before: { minimumMinutes: 0 }, after: { minimumMinutes: 5 } });
  expect(await loadSettings(stack.product.db, stack.workspaceId)).toMatchObject({ minimumMinutes: 5, ownDomains: [] });
});
