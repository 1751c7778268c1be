import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { DEMO_PORTAL, startSandbox } from '../../../sandbox/sandbox';
import type { Sandbox } from '../../../sandbox/sandbox';
import { signatureV3 } from '../../../sandbox/webhooks/signature';
import { caller, hubspotDefined, textAt } from './client';
import { expectedV1, expectedV3, startReceiver } from './receiver';
import type { Receiver } from './receiver';

const APP = 4242001;
const PERSON = { changeSource: 'CRM_UI', sourceId: 'userId:71000101' };
const THE_APP = { changeSource: 'INTEGRATION', sourceId: String(APP) };
const V = '/crm/objects/2026-03';

let sandbox: Sandbox;
let receiver: Receiver;

beforeEach(async () => {
  receiver = await startReceiver();
  sandbox = await startSandbox({ seed: 'empty', webhooks: { targetUrl: receiver.url } });
  sandbox.tokens.issue();
});
afterEach(async () => {
  await sandbox.close();
  await receiver.close();
});

/** The events since the last call, without what differs from run to run. */
async function received(): Promise<object[]> {
  await sandbox.webhooks.idle();
  const events = receiver.events().map(({ eventId: _id, subscriptionId: _subscription, ...rest }) => rest);
  receiver.clear();
  return events;
}

const anyTime: unknown = expect.any(Number);

function event(subscriptionType: string, rest: object): object {
  return {
    portalId: DEMO_PORTAL,
    appId: APP,
    occurredAt: anyTime,
    subscriptionType,
    attemptNumber: 0,
    ...PERSON,
    ...rest,
  };
}

function change(from: [string, string], to: [string, string], associationRemoved = false, primary = false): object {
  return event(`${from[0]}.associationChange`, {
    associationType: `${from[0]}_TO_${to[0]}`.toUpperCase(),
    fromObjectId: Number(from[1]),
    toObjectId: Number(to[1]),
    associationRemoved,
    isPrimaryAssociation: primary,
    changeSource: 'USER',
  });
}

test('signatures match the published examples and an independent implementation', () => {
  const secret = 'yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy';
  const uri = 'https://www.example.com/webhook_uri';
  const body = "{'example_field':'example_value'}";
  for (const [timestamp, signature] of [
    [1_693_657_560_000, 'K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y='],
    [1_700_000_300_000, 'RnbPH7+UMKVkbV32P8bz450N4M56aPmcru1+D3kSDtw='],
  ] as const) {
    expect(signatureV3(secret, { method: 'POST', uri, body, timestamp })).toBe(signature);
    expect(expectedV3(secret, uri, body, String(timestamp))).toBe(signature);
  }
  const escaped = 'https://x.example/a%2Fb?c=%3A%3F%40%21%24%27%28%29%2A%2C%3B%20%25%C3%A9';
  const plain = "https://x.example/a/b?c=:?@!$'()*,;%20%25%C3%A9";
  const sign = (address: string) => signatureV3(secret, { method: 'POST', uri: address, body, timestamp: 1 });
  expect(sign(escaped)).toBe(sign(plain));
  expect(sign(escaped)).toBe(expectedV3(secret, escaped, body, '1'));
});

test('a request is an array of up to 100 events, signed over its address, its raw body and its time', async () => {
  sandbox.settings.webhooks.targetUrl = `${receiver.url}?from=hub%40spot&x=%20`;
  const before = Date.now();
  for (let index = 0; index < 130; index += 1) {
    sandbox.crm.create('contacts', { email: `añ${index}@x.example`, firstname: 'Añil "ñ"' });
  }
  await sandbox.webhooks.idle();
  // Creation, address, first name and the default life-cycle stage of each.
  expect(receiver.requests.map((request) => request.events.length).toSorted((a, b) => b - a)).toEqual([
    100, 100, 100, 100, 100, 20,
  ]);
  for (const { headers, method, path, body } of receiver.requests) {
    const timestamp = String(headers['x-hubspot-request-timestamp']);
    expect([method, path, headers['content-type']]).toEqual([
      'POST',
      '/webhooks/hubspot?from=hub%40spot&x=%20',
      'application/json',
    ]);
    expect(Number(timestamp)).toBeGreaterThanOrEqual(before);
    expect(headers['x-hubspot-signature-v3']).toBe(
      expectedV3('sandbox-secret', sandbox.settings.webhooks.targetUrl ?? '', body, timestamp),
    );
    expect(headers['x-hubspot-signature-version']).toBe('v1');
    expect(headers['x-hubspot-signature']).toBe(expectedV1('sandbox-secret', body));
  }
  expect(new Set(receiver.events().map((each) => each.eventId)).size).toBe(520);
});

test('a record has events from its creation to its restoration, one for each property', async () => {
  const { id } = sandbox.crm.create('contacts', { email: 'a@x.example', city: 'Reus', lastname: 'B' });
  const objectId = Number(id);
  const created = await received();
  expect(created[0]).toEqual(event('contact.creation', { objectId, changeFlag: 'CREATED' }));
  expect(created).toContainEqual(
    event('contact.propertyChange', { objectId, propertyName: 'email', propertyValue: 'a@x.example' }),
  );
  expect(created).toContainEqual(
    event('contact.propertyChange', { objectId, propertyName: 'lastname', propertyValue: 'B' }),
  );
  expect(JSON.stringify(created)).not.toContain('Reus');
  expect(new Set(created.map((each) => JSON.stringify(Reflect.get(each, 'occurredAt')))).size).toBe(1);

  sandbox.crm.update('contacts', id, { city: 'Vic', lastname: '' });
  sandbox.crm.update('contacts', id, { lastname: '' });
  sandbox.crm.archive('contacts', id);
  sandbox.crm.restore('contacts', id);
  expect(await received()).toEqual([
    event('contact.propertyChange', { objectId, propertyName: 'lastname', propertyValue: '' }),
    event('contact.deletion', { objectId, changeFlag: 'DELETED' }),
    event('contact.restore', { objectId }),
  ]);
});

test('every subscription has its own id, the same for every event and every run', async () => {
  const seen = async (from: Sandbox) => {
    for (const name of ['A', 'B']) from.crm.create('companies', { name, domain: `${name.toLowerCase()}.example` });
    await from.webhooks.idle();
    const ids = receiver.events().map((each) => [each.subscriptionType, each['propertyName'], each.subscriptionId]);
    receiver.clear();
    return [...new Set(ids.map((each) => JSON.stringify(each)))];
  };
  const first = await seen(sandbox);
  expect(new Set(first.map((each) => each.split(',').at(-1))).size).toBe(3);
  const again = await startSandbox({ seed: 'empty', webhooks: { targetUrl: receiver.url } });
  again.tokens.issue();
  expect(await seen(again)).toEqual(first);
  await again.close();
});

test('closing a deal has an event besides that of its stage', async () => {
  const { id } = sandbox.crm.create('deals', { dealname: 'D', dealstage: 'appointmentscheduled', pipeline: 'default' });
  await received();
  sandbox.crm.update('deals', id, { dealstage: 'closedwon' });
  const changed = (await received()).map((each) => [
    Reflect.get(each, 'propertyName'),
    Reflect.get(each, 'propertyValue'),
  ]);
  expect(changed).toHaveLength(3);
  expect(changed).toEqual(
    expect.arrayContaining([
      ['dealstage', 'closedwon'],
      ['hs_is_closed', 'true'],
      ['hs_is_closed_won', 'true'],
    ]),
  );
});

test('a merge names the records before and after, and no objectId', async () => {
  const [left, right] = ['l@x.example', 'r@x.example'].map((email) => sandbox.crm.create('contacts', { email }));
  sandbox.crm.update('contacts', right?.id ?? '', { firstname: 'R' });
  await received();
  const merged = sandbox.crm.merge('contacts', left?.id ?? '', right?.id ?? '');
  expect(await received()).toEqual([
    event('contact.merge', {
      primaryObjectId: Number(left?.id),
      mergedObjectIds: [Number(right?.id)],
      newObjectId: Number(merged.id),
      numberOfPropertiesMoved: 1,
    }),
  ]);
});

test('an association has an event from both ends, without an objectId, and a primary one has two', async () => {
  const contact = sandbox.crm.create('contacts', { email: 'a@x.example' }).id;
  const company = sandbox.crm.create('companies', { name: 'X' }).id;
  const deal = sandbox.crm.create('deals', { dealname: 'D' }).id;
  await received();
  sandbox.crm.associate('deals', deal, 'contacts', contact);
  sandbox.crm.associate('deals', deal, 'contacts', contact);
  expect(await received()).toEqual([
    change(['deal', deal], ['contact', contact]),
    change(['contact', contact], ['deal', deal]),
  ]);
  sandbox.crm.associate('contacts', contact, 'companies', company, { types: hubspotDefined(1) });
  expect(await received()).toEqual([
    change(['contact', contact], ['company', company]),
    change(['company', company], ['contact', contact]),
    change(['contact', contact], ['company', company], false, true),
    change(['company', company], ['contact', contact], false, true),
  ]);
  sandbox.crm.disassociate('contacts', contact, 'deals', deal);
  expect(await received()).toEqual([
    change(['contact', contact], ['deal', deal], true),
    change(['deal', deal], ['contact', contact], true),
  ]);
});

test("the app's own writes are reported under its own name; its activities and their associations send no events", async () => {
  const call = caller(sandbox);
  const contact = textAt(
    (await call('POST', `${V}/contacts`, { properties: { email: 'o@x.example', firstname: 'O' } })).body,
    'id',
  );
  await call('POST', `${V}/notes`, {
    properties: { hs_timestamp: '2026-11-01T00:00:00Z' },
    associations: [{ to: { id: contact }, types: hubspotDefined(202) }],
  });
  const company = textAt((await call('POST', `${V}/companies`, { properties: { name: 'O' } })).body, 'id');
  await call('PUT', `${V}/contacts/${contact}/associations/default/companies/${company}`);
  const events = await received();
  expect(events[0]).toEqual(
    event('contact.creation', { objectId: Number(contact), changeFlag: 'CREATED', ...THE_APP }),
  );
  for (const each of events) expect(each).toMatchObject(THE_APP);
  expect(new Set(events.map((each) => Reflect.get(each, 'subscriptionType')))).toEqual(
    new Set([
      'contact.creation',
      'contact.propertyChange',
      'company.creation',
      'company.propertyChange',
      'contact.associationChange',
      'company.associationChange',
    ]),
  );
});

test('changes, deletions and restores of tasks are sent where activities are on, and notes send no changes', async () => {
  sandbox.settings.webhooks.activities = true;
  const task = sandbox.crm.create('tasks', { hs_timestamp: '2026-11-01T00:00:00Z', hs_task_subject: 'Call' }).id;
  const note = sandbox.crm.create('notes', { hs_timestamp: '2026-11-01T00:00:00Z', hs_note_body: 'Note' }).id;
  expect(await received()).toEqual([]);
  sandbox.crm.update('tasks', task, { hs_task_status: 'COMPLETED', hs_task_body: 'Text' });
  sandbox.crm.update('notes', note, { hs_note_body: 'Changed' });
  const of = { objectId: Number(task), objectTypeId: '0-27' };
  expect(await received()).toEqual([
    event('object.propertyChange', {
      ...of,
      propertyName: 'hs_task_status',
      propertyValue: 'COMPLETED',
      isSensitive: false,
    }),
  ]);
  sandbox.crm.archive('tasks', task);
  sandbox.crm.restore('tasks', task);
  expect(await received()).toEqual([
    event('object.deletion', { ...of, changeFlag: 'DELETED' }),
    event('object.restore', of),
  ]);
});

test('a task is refused as HubSpot refuses it', async () => {
  const call = caller(sandbox);
  const create = async (properties: Record<string, string>) =>
    (await call('POST', `${V}/tasks`, { properties: { hs_timestamp: '2026-11-01T00:00:00Z', ...properties } })).status;
  expect(await create({ hs_task_subject: 'Call', hs_task_status: 'NOT_STARTED', hs_task_type: 'TODO' })).toBe(201);
  expect(await create({ hs_task_status: 'DONE' })).toBe(400);
  expect(await create({ hs_task_type: 'CHORE' })).toBe(400);
  expect(await create({ hs_timestamp: '' })).toBe(400);
  expect(await create({ hubspot_owner_id: '1' })).toBe(400);
});

test('only portals that have the app installed send events, each under its own id', async () => {
  const other = sandbox.portals.create({ name: 'Other' });
  sandbox.crm.create('companies', { name: 'unseen' }, { portalId: other.id });
  expect(await received()).toEqual([]);
  sandbox.tokens.issue({ portalId: other.id });
  const { id } = sandbox.crm.create('companies', { name: 'seen' }, { portalId: other.id });
  expect(await received()).toContainEqual(
    event('company.creation', { portalId: other.id, objectId: Number(id), changeFlag: 'CREATED' }),
  );
  sandbox.tokens.uninstall(other.id);
  sandbox.crm.archive('companies', id, { portalId: other.id });
  expect(await received()).toEqual([]);
  sandbox.settings.webhooks.targetUrl = null;
  sandbox.crm.create('companies', { name: 'no target' });
  expect(await received()).toEqual([]);
});

test('the generic form names the object type, and includes custom objects when the settings say so', async () => {
  sandbox.settings.webhooks.form = 'generic';
  const contact = sandbox.crm.create('contacts', { email: 'g@x.example' }).id;
  const objectId = Number(contact);
  const created = await received();
  expect(created[0]).toEqual(event('object.creation', { objectId, objectTypeId: '0-1', changeFlag: 'CREATED' }));
  expect(created).toContainEqual(
    event('object.propertyChange', {
      objectId,
      objectTypeId: '0-1',
      propertyName: 'email',
      propertyValue: 'g@x.example',
      isSensitive: false,
    }),
  );
  const company = sandbox.crm.create('companies', { name: 'G' }).id;
  await received();
  sandbox.crm.associate('contacts', contact, 'companies', company);
  expect((await received())[1]).toEqual(
    event('object.associationChange', {
      associationType: 'COMPANY_TO_CONTACT',
      fromObjectId: Number(company),
      toObjectId: objectId,
      associationRemoved: false,
      isPrimaryAssociation: false,
      fromObjectTypeId: '0-2',
      toObjectTypeId: '0-1',
      associationTypeId: 280,
      associationCategory: 'HUBSPOT_DEFINED',
      changeSource: 'USER',
    }),
  );

  const demo = await startSandbox({ webhooks: { targetUrl: receiver.url } });
  demo.tokens.issue();
  const call = caller(demo);
  const schema = textAt((await call('GET', '/crm/v3/schemas')).body, 'results', 0, 'objectTypeId');
  const existing = demo.crm.list(schema)[0]?.id ?? '';
  demo.crm.archive(schema, existing);
  await demo.webhooks.idle();
  expect(receiver.events()).toEqual([]);
  demo.settings.webhooks.customObjects = true;
  demo.crm.restore(schema, existing);
  await demo.webhooks.idle();
  expect(receiver.events()).toMatchObject([
    { subscriptionType: 'object.restore', objectTypeId: schema, objectId: Number(existing) },
  ]);
  await demo.close();
});

test('a privacy deletion erases the contact with all records merged into it, and is sent before or after a deletion', async () => {
  const call = caller(sandbox);
  const orders = new Set<string>();
  for (let index = 0; index < 12; index += 1) {
    const [one, two] = ['one', 'two'].map((name) =>
      sandbox.crm.create('contacts', { email: `${name}${index}@x.example` }),
    );
    const company = sandbox.crm.create('companies', { name: `C${index}` }).id;
    const merged = sandbox.crm.merge('contacts', one?.id ?? '', two?.id ?? '').id;
    sandbox.crm.associate('contacts', merged, 'companies', company);
    await received();
    const path = index % 2 === 0 ? `${V}/contacts/gdpr-delete` : '/crm/v3/objects/contacts/gdpr-delete';
    const body = index % 3 === 0 ? { objectId: `one${index}@x.example`, idProperty: 'email' } : { objectId: merged };
    expect((await call('POST', path, body)).status).toBe(204);
    const events = await received();
    const objectId = Number(merged);
    expect(events).toHaveLength(2);
    expect(events).toContainEqual(event('contact.privacyDeletion', { objectId, ...THE_APP }));
    expect(events).toContainEqual(event('contact.deletion', { objectId, changeFlag: 'DELETED', ...THE_APP }));
    orders.add(String(Reflect.get(events[0] ?? {}, 'subscriptionType')));
    for (const id of [merged, one?.id ?? '', two?.id ?? '']) {
      expect(sandbox.crm.get('contacts', id)).toBeUndefined();
      expect((await call('GET', `${V}/contacts/${id}`)).status).toBe(404);
    }
    expect(sandbox.crm.associations('companies', company, 'contacts')).toEqual([]);
  }
  expect([...orders].toSorted()).toEqual(['contact.deletion', 'contact.privacyDeletion']);
  const archived = sandbox.crm.create('contacts', { email: 'gone@x.example' }).id;
  sandbox.crm.archive('contacts', archived);
  sandbox.crm.privacyDelete('contacts', archived);
  expect(sandbox.crm.list('contacts', { archived: true })).toEqual([]);
  const company = sandbox.crm.create('companies', { name: 'X' }).id;
  expect(() => sandbox.crm.privacyDelete('companies', company)).toThrow('Only contacts');
});

test('a rolled-back change sends no event', async () => {
  const call = caller(sandbox);
  await call('POST', `${V}/companies/batch/create`, {
    inputs: [{ properties: { name: 'E' } }, { properties: { nope: 'E' } }],
  });
  expect(await received()).toEqual([]);
});
