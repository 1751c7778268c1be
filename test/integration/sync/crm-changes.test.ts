import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { meetingContext } from '../../../src/store/mirror/context';
import { meeting } from '../../support/meetings';
import { startStack, type Stack } from '../../support/stack';
import { idsOf } from '../../support/engagement-ids';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ ownNamespace: true });
  await stack.connect();
});
afterAll(() => stack.close());

const linksOf = async (meetingId: string) =>
  (await stack.status(meetingId)).links.map(({ objectType, id, via }) => `${objectType}/${id} ${via}`);
const from = (email: string, meetingId: string) => meeting({ meetingId, participants: [{ email }] });

test('a participant who becomes a contact has the skipped meeting written', async () => {
  const { crm } = stack.sandbox;
  expect(await stack.sync(from('late@late.example', 'late-contact'))).toMatchObject({ status: 'skipped' });
  const contact = crm.create('contacts', { email: 'Late@late.example' });
  await stack.apply({ subscriptionType: 'contact.creation', objectId: Number(contact.id) });
  expect(await stack.status('late-contact')).toMatchObject({ status: 'synced', unmatched: [] });
  expect(crm.timeline('contacts', contact.id)).toHaveLength(2);
});

test('a company that gets the domain has the meeting written', async () => {
  const { crm } = stack.sandbox;
  await stack.sync(from('someone@dom.example', 'late-company'));
  const company = crm.create('companies', { name: 'Dom', domain: 'dom.example' });
  await stack.apply({
    subscriptionType: 'company.propertyChange',
    objectId: Number(company.id),
    propertyName: 'domain',
    propertyValue: 'dom.example',
  });
  expect(await linksOf('late-company')).toEqual([`companies/${company.id} domain`]);
});

test.each([
  ['contact', 'contacts'],
  ['company', 'companies'],
] as const)('a deal that is made with its %s is linked from its creation event alone', async (name, type) => {
  const { crm } = stack.sandbox;
  const email = `deal@made-with-${name}.example`;
  const record =
    type === 'contacts' ? crm.create('contacts', { email }) : crm.create('companies', { domain: email.slice(5) });
  await stack.sync(from(email, `made-with-${name}`));
  const deal = crm.create('deals', { dealname: 'Made with it' });
  crm.associate(type, record.id, 'deals', deal.id);
  await stack.apply({ subscriptionType: 'deal.creation', objectId: Number(deal.id) });
  expect(await linksOf(`made-with-${name}`)).toContain(`deals/${deal.id} cascade`);
  expect(crm.timeline('deals', deal.id)).toHaveLength(2);
});

test('a deal associated after the meeting is linked, and stays linked without the association', async () => {
  const { crm } = stack.sandbox;
  const contact = crm.create('contacts', { email: 'deal@deal.example' });
  await stack.sync(from('deal@deal.example', 'new-deal'));
  const deal = crm.create('deals', { dealname: 'New' });
  crm.associate('contacts', contact.id, 'deals', deal.id);
  const association = {
    subscriptionType: 'contact.associationChange',
    associationType: 'CONTACT_TO_DEAL',
    fromObjectId: Number(contact.id),
    toObjectId: Number(deal.id),
  };
  await stack.apply({ ...association, associationRemoved: false });
  const links = [`contacts/${contact.id} participant`, `deals/${deal.id} cascade`];
  expect(await linksOf('new-deal')).toEqual(links);
  expect(crm.timeline('deals', deal.id)).toHaveLength(2);

  crm.disassociate('contacts', contact.id, 'deals', deal.id);
  await stack.apply({ ...association, associationRemoved: true });
  expect(await linksOf('new-deal')).toEqual(links);
  expect(crm.timeline('deals', deal.id)).toHaveLength(2);
});

test('links follow a merge, a deletion and a restoration; the two activities stay the same', async () => {
  const { crm } = stack.sandbox;
  const [one, two] = [
    crm.create('contacts', { email: 'one@merge.example' }),
    crm.create('contacts', { email: 'two@merge.example' }),
  ];
  const company = crm.create('companies', { name: 'Merge' });
  crm.associate('contacts', one.id, 'companies', company.id);
  const first = await stack.sync(from('one@merge.example', 'merge'));

  const merged = crm.merge('contacts', one.id, two.id);
  await stack.apply({
    subscriptionType: 'contact.merge',
    primaryObjectId: Number(one.id),
    mergedObjectIds: [Number(two.id)],
    newObjectId: Number(merged.id),
  });
  expect(await linksOf('merge')).toEqual([`contacts/${merged.id} participant`, `companies/${company.id} cascade`]);

  crm.archive('contacts', merged.id);
  await stack.apply({ subscriptionType: 'contact.deletion', objectId: Number(merged.id) });
  expect(await stack.status('merge')).toMatchObject({ status: 'skipped', links: [] });
  expect(crm.timeline('companies', company.id)).toEqual([]);

  crm.restore('contacts', merged.id);
  await stack.apply({ subscriptionType: 'contact.restore', objectId: Number(merged.id) });
  const restored = await stack.status('merge');
  expect(restored).toMatchObject({ status: 'synced', engagements: idsOf(first.engagements) });
  expect(crm.timeline('contacts', merged.id)).toHaveLength(2);
});

test('a repeated event is processed once', async () => {
  const event = { subscriptionType: 'contact.creation', objectId: 424_242, eventId: 77, occurredAt: 1_700_000_000_000 };
  await stack.apply(event, event);
  await stack.apply(event);
  const rows = await stack.product.db.selectFrom('crm_events').selectAll().where('event_key', 'like', '77:%').execute();
  expect(rows).toHaveLength(1);
  expect(rows[0]?.done_at).not.toBeNull();
});

test('a privacy deletion erases the person here too', async () => {
  const { crm } = stack.sandbox;
  const contact = crm.create('contacts', { email: 'private@person.example' });
  const other = crm.create('contacts', { email: 'other@person.example' });
  await stack.sync(
    meeting({
      meetingId: 'privacy',
      participants: [{ email: 'Private@person.example', name: 'Private' }, { email: 'other@person.example' }],
    }),
  );
  await stack.apply();
  crm.privacyDelete('contacts', contact.id);
  await stack.apply({ subscriptionType: 'contact.privacyDeletion', objectId: Number(contact.id) });
  const row = await stack.product.db
    .selectFrom('meetings')
    .selectAll()
    .where('meeting_id', '=', 'privacy')
    .executeTakeFirstOrThrow();
  expect(JSON.stringify(row)).not.toMatch(/private@person/i);
  expect(await linksOf('privacy')).toEqual([`contacts/${other.id} participant`]);
  const mirrored = await stack.product.db.selectFrom('crm_records').selectAll().execute();
  expect(JSON.stringify(mirrored)).not.toMatch(/private@person/i);
});

test('a reconciliation finds and counts changes without a webhook, and a second one finds none', async () => {
  const { crm } = stack.sandbox;
  const contact = crm.create('contacts', { email: 'silent@recon.example', firstname: 'Before' });
  await stack.sync(from('silent@recon.example', 'recon'));
  await stack.apply();
  const deal = crm.create('deals', { dealname: 'Silent' });
  crm.associate('contacts', contact.id, 'deals', deal.id);
  crm.update('contacts', contact.id, { firstname: 'After' });

  const first = await stack.reconcile();
  expect(first).toMatchObject({ state: 'done', mended: { meetings: 1, records: 1 } });
  expect(await linksOf('recon')).toEqual([`contacts/${contact.id} participant`, `deals/${deal.id} cascade`]);
  const context = await meetingContext(stack.product.db, stack.workspaceId, 'recon');
  expect(context?.contacts[0]?.properties).toMatchObject({ firstname: 'After' });
  expect(await stack.reconcile()).toMatchObject({ state: 'done', mended: { meetings: 0, records: 0 } });
});
