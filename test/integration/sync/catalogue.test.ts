import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { refreshCatalogue } from '../../../src/connection/refresh-catalogue';
import { knownObjectTypes } from '../../../src/store/mirror/catalogue';
import { meetingContext } from '../../../src/store/mirror/context';
import { cachedOwner } from '../../../src/store/mirror/owners';
import { meeting } from '../../support/meetings';
import { startStack, type Stack } from '../../support/stack';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ sandbox: { seed: 'demo' }, ownNamespace: true });
  await stack.connect();
});
beforeEach(async () => {
  // Makes the catalogue due again.
  await stack.product.db.deleteFrom('crm_catalogues').execute();
});
afterAll(() => stack.close());

const connected = () => stack.product.gateway.connect(stack.workspaceId);
const catalogueCalls = () =>
  stack.sandbox.requests.list().filter(({ path }) => /pipelines|schemas|owners/.test(path)).length;

test('an unknown stage or owner triggers a read of the catalogue, but not at once again', async () => {
  const { crm, portals } = stack.sandbox;
  const owner = portals.addOwner(stack.portalId, {
    email: 'New.Rep@northwind.example',
    firstName: 'New',
    lastName: 'Rep',
  });
  const contact = crm.create('contacts', { email: 'c@catalogue.example' });
  const deal = crm.create('deals', {
    dealname: 'Known by its stage',
    pipeline: 'default',
    dealstage: 'closedwon',
    hubspot_owner_id: owner.id,
  });
  crm.associate('contacts', contact.id, 'deals', deal.id);
  await stack.sync(meeting({ meetingId: 'c1', participants: [{ email: 'c@catalogue.example' }] }));
  stack.sandbox.requests.clear();
  await stack.apply();
  // Pipelines, custom object types, active and archived owners.
  expect(catalogueCalls()).toBe(4);
  const context = await meetingContext(stack.product.db, stack.workspaceId, 'c1');
  expect(context?.deals[0]).toMatchObject({
    pipeline: { name: 'Sales Pipeline' },
    stage: { name: 'Closed Won', isClosed: true, probability: 1 },
    owner: { id: owner.id, name: 'New Rep', email: 'new.rep@northwind.example' },
  });
  expect(await cachedOwner(stack.product.db, stack.portalId, 'new.rep@northwind.example')).toBe(owner.id);

  // An unknown owner is looked up once, not for every meeting.
  await stack.product.db.deleteFrom('crm_owners').where('owner_id', '=', owner.id).execute();
  stack.sandbox.requests.clear();
  const change = {
    subscriptionType: 'deal.propertyChange',
    objectId: Number(deal.id),
    propertyName: 'amount',
    propertyValue: '1',
  };
  await stack.apply(change);
  expect(catalogueCalls()).toBe(0);
  await stack.product.db
    .updateTable('crm_catalogues')
    .set({ read_at: new Date(Date.now() - 3_600_000) })
    .execute();
  await stack.apply(change);
  expect(catalogueCalls()).toBe(4);
});

test('a deactivated owner keeps the name but owns no new activity', async () => {
  const { portals } = stack.sandbox;
  const owner = portals.addOwner(stack.portalId, {
    email: 'left@northwind.example',
    firstName: 'Has',
    lastName: 'Left',
  });
  portals.setOwnerArchived(stack.portalId, owner.id, true);
  await refreshCatalogue(stack.product, await connected());
  const row = await stack.product.db
    .selectFrom('crm_owners')
    .selectAll()
    .where('owner_id', '=', owner.id)
    .executeTakeFirstOrThrow();
  expect(row).toMatchObject({ archived: true, name: `${owner.firstName} ${owner.lastName}` });
  expect(await cachedOwner(stack.product.db, stack.portalId, owner.email)).toBeNull();
});

test.each([
  [403, []],
  [404, 'as before'],
])('a %i for the schemas is no error', async (status, left) => {
  await refreshCatalogue(stack.product, await connected());
  const before = await knownObjectTypes(stack.product.db, stack.portalId);
  expect(before).toHaveLength(1);
  const id = stack.sandbox.faults.add({
    match: { path: '/crm-object-schemas/' },
    action: { kind: 'status', status, body: { status: 'error', message: 'No' } },
  });
  await refreshCatalogue(stack.product, await connected());
  stack.sandbox.faults.clear(id);
  expect(await knownObjectTypes(stack.product.db, stack.portalId)).toEqual(left === 'as before' ? before : left);
});

test('two concurrent reads end with one catalogue', async () => {
  await Promise.all(Array.from({ length: 4 }, async () => refreshCatalogue(stack.product, await connected())));
  const stages = await stack.product.db.selectFrom('crm_stages').select('stage_id').execute();
  expect(stages.map((row) => row.stage_id)).toContain('contractsent');
  expect(new Set(stages.map((row) => row.stage_id)).size).toBe(stages.length);
});

test('a failed read of pipelines delays neither the records nor the inbox', async () => {
  const { crm, faults } = stack.sandbox;
  const contact = crm.create('contacts', { email: 'd@catalogue.example' });
  const deal = crm.create('deals', { dealname: 'Unexplained', pipeline: 'default', dealstage: 'closedwon' });
  crm.associate('contacts', contact.id, 'deals', deal.id);
  await stack.sync(meeting({ meetingId: 'c2', participants: [{ email: 'd@catalogue.example' }] }));
  await stack.product.db.deleteFrom('crm_stages').execute();
  await stack.product.db
    .updateTable('crm_catalogues')
    .set({ read_at: new Date(Date.now() - 3_600_000) })
    .execute();
  for (const action of [{ kind: 'html-502' }, { kind: 'status', status: 200, body: { results: 'none' } }] as const) {
    const fault = faults.add({ match: { path: '/crm/pipelines/' }, action });
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await stack.apply({ subscriptionType: 'deal.creation', objectId: Number(deal.id) });
    // oxlint-disable-next-line no-await-in-loop -- as above
    expect(await stack.product.db.selectFrom('crm_events').select('id').where('done_at', 'is', null).execute()).toEqual(
      [],
    );
    // oxlint-disable-next-line no-await-in-loop -- as above
    const context = await meetingContext(stack.product.db, stack.workspaceId, 'c2');
    expect(context?.deals[0]).toMatchObject({ properties: { dealname: 'Unexplained' } });
    faults.clear(fault);
  }
});
