import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { meetingContext } from '../../../src/store/mirror/context';
import { changeSettings } from '../../../src/store/settings/settings';
import { meeting } from '../../support/meetings';
import { startStack, type Stack } from '../../support/stack';
import { TEST_ACTOR } from '../../support/actors';

let stack: Stack;
let contactId: string;
beforeAll(async () => {
  stack = await startStack();
  // A host of its own for each test of owners: the product remembers for a minute which owner HubSpot refuses again and
  // again. They are there before the first list of owners is read.
  for (const meetingId of ['owner', 'unnamed', 'owners'])
    stack.sandbox.portals.addOwner(stack.portalId, { ...hostOf(meetingId), firstName: 'Olga', lastName: meetingId });
  await stack.connect();
  contactId = stack.sandbox.crm.create('contacts', { email: 'marc.serra@acme.example' }).id;
  stack.sandbox.portals.addOwner(stack.portalId, {
    email: 'ana.ruiz@northwind.example',
    firstName: 'Ana',
    lastName: 'Ruiz',
  });
});
afterEach(async () => {
  stack.sandbox.faults.clear();
  stack.sandbox.settings.associationLimits = {};
  await changeSettings(
    stack.product.db,
    stack.workspaceId,
    { customObjectTypes: [], joinCalendarMeeting: false },
    TEST_ACTOR,
  );
});
afterAll(() => stack.close());

const notValid = (name: string, rule: string) => ({
  status: 'error',
  category: 'VALIDATION_ERROR',
  message: `Property values were not valid: ${JSON.stringify([{ isValid: false, message: rule, error: 'RULE', name }])}`,
});
const refuse = (match: object, status: number, body: object) =>
  stack.sandbox.faults.add({ match, action: { kind: 'status', status, body } });
const linkOf = { objectType: 'contacts', via: 'participant', from: null };
const propertyOf = (objectType: string, id: string | undefined, name: string) =>
  stack.sandbox.crm.get(objectType, id ?? '')?.properties[name] ?? null;

const hostOf = (meetingId: string) => ({ email: `${meetingId}@northwind.example` });

test('an owner that HubSpot refuses is dropped with a warning, and set by the next sync that may', async () => {
  const fault = refuse(
    { pattern: '(meetings|notes)/batch/(create|update)$', body: 'hubspot_owner_id' },
    400,
    notValid('hubspot_owner_id', '9001 was not a valid owner id'),
  );
  const written = await stack.sync(meeting({ meetingId: 'owner', host: hostOf('owner') }));
  expect(written).toMatchObject({ status: 'synced', links: [{ ...linkOf, id: contactId }] });
  expect(written.warnings).toEqual(
    ['Smart Category Notes', 'Meeting Summary'].map((name) => ({
      path: 'hubspot_owner_id',
      message: expect.stringMatching(new RegExp(`${name} is there without it: 9001 was not a valid owner id\\.$`)),
    })),
  );
  expect(propertyOf('meetings', written.engagements.summary?.id, 'hubspot_owner_id')).toBeNull();

  // Nothing changed: the warning stays, and nothing is written again.
  expect((await stack.reconcile())?.state).toBe('done');
  expect(await stack.status('owner')).toMatchObject({ status: 'synced', warnings: written.warnings });

  stack.sandbox.faults.clear(fault);
  expect((await stack.reconcile())?.state).toBe('done');
  expect(await stack.status('owner')).toMatchObject({ warnings: [], engagements: written.engagements });
  expect(propertyOf('meetings', written.engagements.summary?.id, 'hubspot_owner_id')).not.toBeNull();
  expect(propertyOf('notes', written.engagements.notes?.id, 'hubspot_owner_id')).not.toBeNull();
});

test('a rule of the customer about a nice-to-have property costs that property, in a create and in an update', async () => {
  await stack.sync(meeting({ meetingId: 'rule' }));
  refuse({ pattern: '/meetings/batch/(create|update)$', body: 'hs_meeting_outcome' }, 400, {
    message: 'hs_meeting_outcome breaks a rule',
  });
  for (const meetingId of ['rule', 'rule-new']) {
    // oxlint-disable-next-line no-await-in-loop -- an update first, then a create
    const { status, warnings, engagements } = await stack.sync(meeting({ meetingId, title: 'Changed' }));
    expect({ status, paths: warnings.map(({ path }) => path) }).toEqual({
      status: 'synced',
      paths: ['hs_meeting_outcome'],
    });
    expect(propertyOf('meetings', engagements.summary?.id, 'hs_meeting_title')).toContain('Changed');
  }
});

test('an unnamed refusal costs the owner first', async () => {
  refuse({ pattern: '/notes/batch/create$', body: 'hubspot_owner_id' }, 400, { message: '9001 is no valid owner' });
  const { status, warnings } = await stack.sync(meeting({ meetingId: 'unnamed', host: hostOf('unnamed') }));
  expect({ status, paths: warnings.map(({ path }) => path) }).toEqual({
    status: 'synced',
    paths: ['hubspot_owner_id'],
  });
});

test('a necessary property that is refused still needs a person', async () => {
  refuse({ path: '/meetings/', body: 'hs_meeting_body' }, 400, notValid('hs_meeting_body', 'is too long'));
  expect(await stack.sync(meeting({ meetingId: 'body' }))).toMatchObject({
    status: 'needs_attention',
    reason: { code: 'hubspot_rejected', message: expect.stringContaining('hs_meeting_body') },
  });
});

test('an owner list that is refused costs the owner only', async () => {
  await stack.product.db.deleteFrom('hubspot_owners').execute();
  const fault = refuse({ path: '/owners/' }, 403, {
    message: 'One or more scopes are required',
    context: { requiredScopes: ['crm.objects.owners.read'] },
  });
  const written = await stack.sync(meeting({ meetingId: 'owners', host: hostOf('owners') }));
  expect(written).toMatchObject({
    status: 'synced',
    warnings: [{ path: 'hubspot_owner_id', message: expect.stringContaining('scopes are required') }],
  });
  stack.sandbox.faults.clear(fault);
  expect(await stack.resync('owners')).toMatchObject({ status: 'synced', warnings: [] });
  expect(propertyOf('meetings', written.engagements.summary?.id, 'hubspot_owner_id')).not.toBeNull();
});

test.each([
  ['is gone', 400, { message: 'Unable to infer object type from: 2-7000' }],
  ['needs a permission', 403, { message: 'no', context: { requiredGranularScopes: ['crm.objects.custom.read'] } }],
])('a custom object type that %s costs its own links only', async (_name, status, body) => {
  await changeSettings(stack.product.db, stack.workspaceId, { customObjectTypes: ['2-7000'] }, TEST_ACTOR);
  refuse({ path: '/2-7000' }, status, body);
  expect(await stack.sync(meeting({ meetingId: `custom-${status}` }))).toMatchObject({
    status: 'synced',
    links: [{ ...linkOf, id: contactId }],
    warnings: [{ path: '2-7000', message: expect.stringContaining(body.message) }],
  });
  await changeSettings(stack.product.db, stack.workspaceId, { customObjectTypes: [] }, TEST_ACTOR);
  expect(await stack.resync(`custom-${status}`)).toMatchObject({ status: 'synced', warnings: [] });
});

test('a record that takes one activity stays linked, and the document says what it did not take', async () => {
  const { crm, settings } = stack.sandbox;
  const contact = crm.create('contacts', { email: 'full@full.example' });
  const company = crm.create('companies', { name: 'Full' });
  crm.associate('contacts', contact.id, 'companies', company.id);
  settings.associationLimits = { 'contacts>notes': 0 };
  const document = await stack.sync(meeting({ meetingId: 'full', participants: [{ email: 'full@full.example' }] }));
  expect(document).toMatchObject({
    status: 'synced',
    links: [{ id: contact.id }, { id: company.id }],
    warnings: [
      {
        path: `contacts/${contact.id}`,
        message: expect.stringMatching(/put the Smart Category Notes on this record: ./),
      },
    ],
  });
  expect(crm.timeline('contacts', contact.id).map(({ objectType }) => objectType)).toEqual(['meetings']);
  expect(crm.timeline('companies', company.id)).toHaveLength(2);
  settings.associationLimits = {};
  expect(await stack.resync('full')).toMatchObject({ warnings: [] });
  expect(crm.timeline('contacts', contact.id)).toHaveLength(2);
});

test('notes that no record takes are skipped, and written once a record takes them', async () => {
  const { crm, settings } = stack.sandbox;
  const contact = crm.create('contacts', { email: 'only@full.example' });
  settings.associationLimits = { 'contacts>notes': 0 };
  expect(
    await stack.sync(meeting({ meetingId: 'only', participants: [{ email: 'only@full.example' }] })),
  ).toMatchObject({
    status: 'synced',
    links: [{ id: contact.id }],
    engagements: { notes: null },
    warnings: [{ path: `contacts/${contact.id}`, message: expect.stringContaining('is limited to 0') }],
  });
  settings.associationLimits = {};
  expect(await stack.resync('only')).toMatchObject({ warnings: [], engagements: { notes: { objectType: 'notes' } } });
  expect(crm.timeline('contacts', contact.id)).toHaveLength(2);
});

test('a refused search for the calendar meeting costs the joining only', async () => {
  await changeSettings(stack.product.db, stack.workspaceId, { joinCalendarMeeting: true }, TEST_ACTOR);
  refuse({ path: '/meetings/search' }, 403, { message: 'Searching meetings is not part of this subscription' });
  expect(await stack.sync(meeting({ meetingId: 'calendar', calendarEventId: 'event-1' }))).toMatchObject({
    status: 'synced',
    warnings: [{ path: 'calendarEventId', message: expect.stringContaining('not part of this subscription') }],
  });
});

test('a record that HubSpot refuses to show stops no other change of the account', async () => {
  const { crm } = stack.sandbox;
  const contact = crm.create('contacts', { email: 'shown@refused.example' }).id;
  const [shown, refused] = ['Shown', 'Refused'].map((dealname) => crm.create('deals', { dealname }).id) as [
    string,
    string,
  ];
  for (const deal of [shown, refused]) crm.associate('contacts', contact, 'deals', deal);
  refuse({ pattern: '/deals/batch/read$', body: `"${refused}"` }, 400, { message: 'Cannot read this one' });
  refuse({ pattern: `/deals/${refused}$` }, 400, { message: 'Cannot read this one' });
  const participants = [{ email: 'shown@refused.example' }];
  expect(await stack.sync(meeting({ meetingId: 'refused-deal', participants }))).toMatchObject({ status: 'synced' });
  // A creation whose record HubSpot refuses as well.
  const unknown = crm.create('contacts', { email: 'unknown@refused.example' }).id;
  refuse({ pattern: '/contacts/batch/read$', body: `"${unknown}"` }, 400, { message: 'Cannot read this one' });
  crm.update('deals', shown, { dealname: 'Renamed' });
  await stack.apply(
    { subscriptionType: 'contact.creation', objectId: Number(unknown) },
    ...[refused, shown].map((id) => ({
      subscriptionType: 'deal.propertyChange',
      objectId: Number(id),
      propertyName: 'dealname',
    })),
  );
  const context = await meetingContext(stack.product.db, stack.workspaceId, 'refused-deal');
  expect(context?.deals.map(({ id, properties }) => [id, properties?.['dealname']])).toEqual([
    [shown, 'Renamed'],
    [refused, undefined],
  ]);
  const pending = await stack.product.db.selectFrom('crm_events').select('id').where('done_at', 'is', null).execute();
  expect(pending).toEqual([]);
});

test('one poisoned contact id stops its own meeting, and none of its neighbours', async () => {
  const people = ['p0', 'p1', 'p2', 'p3', 'p4', 'p5'].map((name) => ({
    name,
    id: stack.sandbox.crm.create('contacts', { email: `${name}@poisoned.example` }).id,
  }));
  const poisoned = people[2]?.id ?? '';
  refuse({ pattern: '/contacts/companies/batch/read$', body: `"${poisoned}"` }, 400, {
    message: 'Cannot read this one',
  });
  const documents = await Promise.all(
    people.map(({ name }) =>
      stack.sync(meeting({ meetingId: name, participants: [{ email: `${name}@poisoned.example` }] })),
    ),
  );
  expect(documents.map(({ status }) => status)).toEqual([
    'synced',
    'synced',
    'needs_attention',
    'synced',
    'synced',
    'synced',
  ]);
});
