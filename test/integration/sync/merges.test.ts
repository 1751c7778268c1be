import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { meeting } from '../../support/meetings';
import { startStack, type Stack } from '../../support/stack';
import { at, caller } from '../sandbox/client';

let stack: Stack;
let crm: Stack['sandbox']['crm'];
beforeAll(async () => {
  stack = await startStack({ ownNamespace: true });
  crm = stack.sandbox.crm;
  await stack.connect();
});
afterAll(() => stack.close());

const contact = (email: string) => crm.create('contacts', { email }).id;
const company = (domain: string) => crm.create('companies', { name: domain, domain }).id;
const linksOf = async (meetingId: string) =>
  (await stack.status(meetingId)).links.map(({ objectType, id, via }) => `${objectType}/${id} ${via}`);
const recordEvent = (subscriptionType: string, id: string) => ({ subscriptionType, objectId: Number(id) });
const merged = (name: string, primary: string, other: string, made?: string) => ({
  subscriptionType: `${name}.merge`,
  primaryObjectId: Number(primary),
  mergedObjectIds: [Number(other)],
  ...(made === undefined ? {} : { newObjectId: Number(made) }),
});

/** Syncs a meeting of these people, and mirrors the records that it is linked to. */
async function synced(meetingId: string, ...emails: string[]): Promise<void> {
  await stack.sync(meeting({ meetingId, participants: emails.map((email) => ({ email })) }));
  await stack.apply();
}

describe('a merge of contacts', () => {
  test('is followed although the deletion of the old id comes before it', async () => {
    const [one, two] = [contact('one@deleted.example'), contact('two@deleted.example')];
    await synced('deleted', 'two@deleted.example');
    const { id } = crm.merge('contacts', one, two);
    for (const event of [recordEvent('contact.deletion', two), merged('contact', one, two, id)]) {
      // oxlint-disable-next-line no-await-in-loop -- two deliveries
      await stack.apply(event);
      // oxlint-disable-next-line no-await-in-loop -- as above
      expect(await linksOf('deleted')).toEqual([`contacts/${id} participant`]);
    }
    expect(crm.timeline('contacts', id)).toHaveLength(2);
  });

  test('that is merged again is followed although the events come in the wrong order', async () => {
    const [one, two, three] = ['one', 'two', 'three'].map((name) => contact(`${name}@chain.example`)) as [
      string,
      string,
      string,
    ];
    await synced('chain', 'two@chain.example', 'three@chain.example');
    const between = crm.merge('contacts', one, two).id;
    const { id } = crm.merge('contacts', three, between);
    await stack.apply(merged('contact', three, between, id));
    await stack.apply({ ...merged('contact', one, two, between), occurredAt: Date.now() - 60_000 });
    expect(await stack.status('chain')).toMatchObject({ unmatched: [] });
    expect(await linksOf('chain')).toEqual([`contacts/${id} participant`]);
    expect(crm.timeline('contacts', id)).toHaveLength(2);
  });

  test('brings what both led to, once', async () => {
    const [one, two] = [contact('one@both.example'), contact('two@both.example')];
    const firm = company('both-firm.example');
    const deal = crm.create('deals', { dealname: 'Both' }).id;
    crm.associate('contacts', one, 'companies', firm);
    crm.associate('contacts', two, 'deals', deal);
    await synced('both', 'one@both.example', 'two@both.example');
    const { id } = crm.merge('contacts', one, two);
    await stack.apply(merged('contact', one, two, id));
    expect(await linksOf('both')).toEqual([
      `contacts/${id} participant`,
      `companies/${firm} cascade`,
      `deals/${deal} cascade`,
    ]);
  });

  test('sends later associations of the old ids to the record that is left', async () => {
    const names = ['one', 'two', 'three'] as const;
    const [one, two, three] = names.map((name) => contact(`${name}@old-id.example`)) as [string, string, string];
    await synced('old-id', 'one@old-id.example');
    const between = crm.merge('contacts', one, two).id;
    const { id } = crm.merge('contacts', between, three);
    await stack.apply(merged('contact', one, two, between), merged('contact', between, three, id));
    for (const old of [two, three]) {
      const deal = crm.create('deals', { dealname: `Of ${old}` }).id;
      crm.associate('contacts', id, 'deals', deal);
      // oxlint-disable-next-line no-await-in-loop -- one event after the other
      await stack.apply({
        subscriptionType: 'deal.associationChange',
        associationType: 'DEAL_TO_CONTACT',
        fromObjectId: Number(deal),
        toObjectId: Number(old),
        associationRemoved: false,
      });
      // oxlint-disable-next-line no-await-in-loop -- as above
      expect(await linksOf('old-id')).toContain(`deals/${deal} cascade`);
    }
  });

  test('ends for a person who gets a contact of their own again', async () => {
    const [one, two] = [contact('one@apart.example'), contact('two@apart.example')];
    await synced('apart', 'two@apart.example');
    const { id } = crm.merge('contacts', one, two);
    await stack.apply(merged('contact', one, two, id));
    expect(await linksOf('apart')).toEqual([`contacts/${id} participant`]);
    crm.update('contacts', id, { hs_additional_emails: '' });
    const own = contact('two@apart.example');
    await stack.apply(recordEvent('contact.creation', own), {
      ...recordEvent('contact.propertyChange', id),
      propertyName: 'hs_additional_emails',
      propertyValue: '',
    });
    expect(await linksOf('apart')).toEqual([`contacts/${own} participant`]);
    expect(crm.timeline('contacts', id)).toEqual([]);
  });
});

test.each([
  ['primary', 0],
  ['merged one', 1],
] as const)('a merge of companies keeps the links of a meeting of the %s', async (name, matched) => {
  const domains = [`a-${matched}.example`, `b-${matched}.example`] as const;
  const [one, two] = [company(domains[0]), company(domains[1])];
  const deal = crm.create('deals', { dealname: name }).id;
  crm.associate('companies', one, 'deals', deal);
  await synced(`company-${matched}`, `guest@${domains[matched]}`);
  const { id } = crm.merge('companies', one, two);
  // HubSpot's description of merges names the new id only sometimes.
  await stack.apply(merged('company', one, two));
  expect(await linksOf(`company-${matched}`)).toEqual([`companies/${id} domain`, `deals/${deal} cascade`]);
  expect(crm.timeline('companies', id)).toHaveLength(2);
});

test('a company with several labels is linked once, and stays linked when one label goes', async () => {
  const call = caller(stack.sandbox);
  const labels = await Promise.all(
    ['Billing', 'Legal'].map(async (label) => {
      const { body } = await call('POST', '/crm/v4/associations/contacts/companies/labels', { name: label, label });
      return { associationCategory: 'USER_DEFINED', associationTypeId: Number(at(body, 'results', 0, 'typeId')) };
    }),
  );
  const person = contact('guest@labels.example');
  const [both, one] = [company('labels-both.example'), company('labels-one.example')];
  crm.associate('contacts', person, 'companies', both, { types: labels });
  crm.associate('contacts', person, 'companies', one, { types: labels.slice(1) });
  await synced('labels', 'guest@labels.example');
  const links = [`contacts/${person} participant`, `companies/${both} cascade`, `companies/${one} cascade`];
  expect(await linksOf('labels')).toEqual(links);
  await call('POST', '/crm/v4/associations/contacts/companies/batch/labels/archive', {
    inputs: [{ from: { id: person }, to: { id: both }, types: labels.slice(0, 1) }],
  });
  await stack.apply({
    subscriptionType: 'object.associationChange',
    fromObjectTypeId: '0-1',
    toObjectTypeId: '0-2',
    fromObjectId: Number(person),
    toObjectId: Number(both),
    ...labels[0],
    associationRemoved: true,
  });
  expect(await linksOf('labels')).toEqual(links);
  expect(crm.timeline('companies', both)).toHaveLength(2);
});
