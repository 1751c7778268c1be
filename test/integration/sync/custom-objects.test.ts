import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { refreshCatalogue } from '../../../src/connection/refresh-catalogue';
import { objectTypes } from '../../../src/store/mirror/catalogue';
import { meetingContext } from '../../../src/store/mirror/context';
import { chooseLink } from '../../../src/store/meetings/manual-links';
import { recordNames } from '../../../src/store/mirror/record-names';
import { changeSettings } from '../../../src/store/settings/settings';
import { meeting } from '../../support/meetings';
import { startStack, type Stack } from '../../support/stack';
import { TEST_ACTOR } from '../../support/actors';

let stack: Stack;
/** The demo account's "Onboarding project". */
let type: string;
beforeAll(async () => {
  stack = await startStack({ sandbox: { seed: 'demo' }, ownNamespace: true });
  await stack.connect();
  await refreshCatalogue(stack.product, await stack.product.gateway.connect(stack.workspaceId));
  type = (await objectTypes(stack.product.db, stack.portalId))[0]?.object_type ?? '';
  await changeSettings(stack.product.db, stack.workspaceId, { customObjectTypes: [type] }, TEST_ACTOR);
  // A customer's label comes first among this account's association types, so taking the first one would be wrong.
  const { accessToken } = await stack.product.tokens.access(stack.workspaceId);
  const answer = await fetch(`${stack.sandbox.url}/crm/associations/2026-03/meetings/${type}/labels`, {
    method: 'POST',
    headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'kick_off', label: 'Kick-off' }),
  });
  expect(answer.status).toBe(200);
});
afterAll(() => stack.close());

const project = (name: string, goLive = '2027-02-01') =>
  stack.sandbox.crm.create(type, { project_name: name, go_live: goLive });

test('custom objects of contacts, companies and deals are linked in the create, with names in the context', async () => {
  // Reads what other tests left unread, so that it is not counted below.
  await stack.reconcile();
  const { crm } = stack.sandbox;
  const contact = crm.create('contacts', { email: 'ida@custom.example', firstname: 'Ida', lastname: 'Custom' });
  const company = crm.create('companies', { name: 'Custom Ltd', domain: 'custom.example' });
  const deal = crm.create('deals', { dealname: 'Custom deal', pipeline: 'default', dealstage: 'contractsent' });
  crm.associate('contacts', contact.id, 'companies', company.id);
  crm.associate('companies', company.id, 'deals', deal.id);
  const [one, two, three] = [project('Of the contact'), project('Of the company'), project('Of the deal')];
  crm.associate('contacts', contact.id, type, one.id);
  crm.associate('companies', company.id, type, two.id);
  crm.associate('deals', deal.id, type, three.id);
  stack.sandbox.requests.clear();

  const document = await stack.sync(meeting({ meetingId: 'custom', participants: [{ email: 'ida@custom.example' }] }));
  expect(document.status).toBe('synced');
  expect(document.links.map(({ objectType, id, from }) => [`${objectType}/${id}`, from?.objectType ?? null])).toEqual([
    [`contacts/${contact.id}`, null],
    [`companies/${company.id}`, 'contacts'],
    [`deals/${deal.id}`, 'companies'],
    [`${type}/${one.id}`, 'contacts'],
    [`${type}/${two.id}`, 'companies'],
    [`${type}/${three.id}`, 'deals'],
  ]);
  for (const { id } of [one, two, three]) expect(crm.timeline(type, id)).toHaveLength(2);
  expect(stack.sandbox.requests.list({ path: 'associate/default' })).toEqual([]);
  expect(crm.associations('meetings', document.engagements.summary?.id ?? '', type)[0]?.types).toHaveLength(1);

  await stack.apply();
  const context = await meetingContext(stack.product.db, stack.workspaceId, 'custom');
  expect(context?.customObjects).toHaveLength(3);
  expect(context?.customObjects[0]).toMatchObject({
    name: 'Of the contact',
    typeName: 'Onboarding project',
    archived: false,
    properties: { project_name: 'Of the contact', go_live: '2027-02-01' },
    associatedWith: [{ objectType: 'contacts', id: contact.id }],
  });
  expect(context?.contacts[0]).toMatchObject({ name: 'Ida Custom', typeName: null, pipeline: null });
  expect(context?.contacts[0]?.associatedWith).toEqual([
    { objectType: 'companies', id: company.id },
    { objectType: type, id: one.id },
  ]);
  expect(context?.deals[0]).toMatchObject({
    name: 'Custom deal',
    pipeline: { id: 'default', name: 'Sales Pipeline' },
    stage: { id: 'contractsent', name: 'Contract Sent', isClosed: false, probability: 0.9 },
    owner: null,
  });
  const names = await recordNames(stack.product.db, stack.portalId, [
    ...document.links,
    { objectType: 'deals', id: '1' },
  ]);
  expect([...names.values()].toSorted()).toEqual(
    ['Custom Ltd', 'Custom deal', 'Ida Custom', 'Of the company', 'Of the contact', 'Of the deal'].toSorted(),
  );

  // HubSpot sends no webhooks for custom objects; the reconciliation refreshes them.
  crm.update(type, two.id, { go_live: '2027-05-01' });
  crm.archive(type, three.id);
  expect(await stack.reconcile()).toMatchObject({ state: 'done', mended: { meetings: 1, records: 2 } });
  const fresh = await meetingContext(stack.product.db, stack.workspaceId, 'custom');
  expect(fresh?.customObjects.map(({ name, properties }) => [name, properties?.['go_live']])).toEqual([
    ['Of the contact', '2027-02-01'],
    ['Of the company', '2027-05-01'],
  ]);
});

test('a meeting that is linked only to a custom object is created with it in one call', async () => {
  const alone = project('Alone');
  await stack.sync(meeting({ meetingId: 'alone', participants: [{ email: 'unknown@gmail.com' }] }));
  const key = { workspaceId: stack.workspaceId, meetingId: 'alone' };
  await chooseLink(stack.product.db, key, stack.portalId, { objectType: type, id: alone.id }, 'linked');
  stack.sandbox.requests.clear();
  expect(await stack.resync('alone')).toMatchObject({ status: 'synced' });
  expect(stack.sandbox.crm.timeline(type, alone.id)).toHaveLength(2);
  expect(stack.sandbox.requests.list({ path: 'associate/default' })).toEqual([]);
});

test('an object type that HubSpot no longer has does not affect others', async () => {
  const { crm } = stack.sandbox;
  const contact = crm.create('contacts', { email: 'eve@custom.example', firstname: 'Eve' });
  const shut = project('Shut');
  crm.associate('contacts', contact.id, type, shut.id);
  await stack.sync(meeting({ meetingId: 'shut', participants: [{ email: 'eve@custom.example' }] }));
  const fault = stack.sandbox.faults.add({
    match: { path: `/crm/objects/2026-03/${type}/batch/read` },
    action: {
      kind: 'status',
      status: 403,
      body: { status: 'error', category: 'MISSING_SCOPES', message: 'This app has no access to it' },
    },
  });
  crm.update('contacts', contact.id, { firstname: 'Eva' });
  await stack.apply({
    subscriptionType: 'contact.propertyChange',
    objectId: Number(contact.id),
    propertyName: 'firstname',
    propertyValue: 'Eva',
  });
  stack.sandbox.faults.clear(fault);
  const context = await meetingContext(stack.product.db, stack.workspaceId, 'shut');
  expect(context?.contacts[0]).toMatchObject({ name: 'Eva' });
  expect(context?.customObjects[0]).toMatchObject({ name: null, properties: {} });
});

test('a type that HubSpot refuses later keeps its links with a warning, and leaves with the setting', async () => {
  const { crm, faults } = stack.sandbox;
  const { product, workspaceId } = stack;
  const contact = crm.create('contacts', { email: 'later@custom.example' });
  const linked = project('Refused later');
  crm.associate('contacts', contact.id, type, linked.id);
  const key = { meetingId: 'later', participants: [{ email: 'later@custom.example' }] };
  const { links } = await stack.sync(meeting(key));
  expect(links.map(({ id }) => id)).toEqual([contact.id, linked.id]);

  const fault = faults.add({
    match: { path: `/${type}` },
    action: { kind: 'status', status: 403, body: { message: 'no', category: 'MISSING_SCOPES' } },
  });
  expect(await stack.sync(meeting({ ...key, title: 'Changed' }))).toMatchObject({
    status: 'synced',
    warnings: [{ path: type }],
    links,
  });
  await changeSettings(product.db, workspaceId, { customObjectTypes: [] }, TEST_ACTOR);
  expect(await stack.resync('later')).toMatchObject({ status: 'synced', warnings: [], links: links.slice(0, 1) });
  faults.clear(fault);
  await changeSettings(product.db, workspaceId, { customObjectTypes: [type] }, TEST_ACTOR);
});
