import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { meeting } from '../../support/meetings';
import { startStack, type Stack } from '../../support/stack';

let stack: Stack;
let crm: Stack['sandbox']['crm'];
beforeAll(async () => {
  stack = await startStack({
    ownNamespace: true,
    env: {
      HUBSPOT_REQUESTS_PER_10_SECONDS: '5000',
      HUBSPOT_SEARCHES_PER_SECOND: '500',
      HUBSPOT_ASSOCIATION_REQUESTS_PER_10_SECONDS: '5000',
    },
  });
  crm = stack.sandbox.crm;
  await stack.connect();
});
beforeEach(() => {
  stack.sandbox.settings.staleAssociations = false;
  stack.sandbox.faults.clear();
});
afterAll(() => stack.close());

const from = (meetingId: string, ...emails: string[]) =>
  meeting({ meetingId, participants: emails.map((email) => ({ email })) });
const linksOf = async (meetingId: string) =>
  (await stack.status(meetingId)).links.map(({ objectType, id, via }) => `${objectType}/${id} ${via}`);
const changed = (name: string, id: string, propertyName: string, propertyValue: string) => ({
  subscriptionType: `${name}.propertyChange`,
  objectId: Number(id),
  propertyName,
  propertyValue,
});
const recordEvent = (subscriptionType: string, id: string) => ({ subscriptionType, objectId: Number(id) });

/** Syncs a meeting with one contact and that contact's deal. */
async function contactWithDeal(name: string): Promise<{ contact: string; deal: string }> {
  const contact = crm.create('contacts', { email: `${name}@moved.example` }).id;
  const deal = crm.create('deals', { dealname: name }).id;
  crm.associate('contacts', contact, 'deals', deal);
  await stack.sync(from(name, `${name}@moved.example`));
  // Reads the meeting's records into the mirror.
  await stack.apply();
  expect(crm.timeline('deals', deal)).toHaveLength(2);
  return { contact, deal };
}

/** Changes the contact's address, so that it no longer matches and the meeting has no links. */
async function leave(name: string, contact: string): Promise<void> {
  crm.update('contacts', contact, { email: `no-${name}@elsewhere.example` });
  await stack.apply(changed('contact', contact, 'email', `no-${name}@elsewhere.example`));
  expect(await stack.status(name)).toMatchObject({ status: 'skipped', links: [] });
}

describe('addresses that move to another record', () => {
  test('a contact that loses the address is unlinked, with the records reached from it', async () => {
    const { contact, deal } = await contactWithDeal('lost');
    await leave('lost', contact);
    expect([crm.timeline('contacts', contact), crm.timeline('deals', deal)]).toEqual([[], []]);
  });

  test("a linked contact that gets a participant's address replaces the company of their domain", async () => {
    const company = crm.create('companies', { domain: 'two.example' }).id;
    const contact = crm.create('contacts', { email: 'one@two.example' }).id;
    await stack.sync(from('two', 'one@two.example', 'other@two.example'));
    expect(await linksOf('two')).toEqual([`contacts/${contact} participant`, `companies/${company} domain`]);
    crm.update('contacts', contact, { hs_additional_emails: 'other@two.example' });
    await stack.apply(changed('contact', contact, 'hs_additional_emails', 'other@two.example'));
    expect(await linksOf('two')).toEqual([`contacts/${contact} participant`]);
  });

  test('a company that loses the domain is unlinked, with its deals', async () => {
    const company = crm.create('companies', { domain: 'sold.example' }).id;
    const deal = crm.create('deals', { dealname: 'Sold' }).id;
    crm.associate('companies', company, 'deals', deal);
    await stack.sync(from('sold', 'a@sold.example'));
    expect(await linksOf('sold')).toHaveLength(2);
    crm.update('companies', company, { domain: 'bought.example' });
    await stack.apply(changed('company', company, 'domain', 'bought.example'));
    expect(await stack.status('sold')).toMatchObject({ status: 'skipped', links: [] });
    expect(crm.timeline('deals', deal)).toEqual([]);
  });
});

describe('associations that a merge moves are removed from the remaining record', () => {
  test('when the remaining record is not linked', async () => {
    const { contact, deal } = await contactWithDeal('merged');
    const merged = crm.merge('deals', deal, crm.create('deals', { dealname: 'Other' }).id).id;
    expect(crm.timeline('deals', merged)).toHaveLength(2);
    await leave('merged', contact);
    expect(crm.timeline('deals', merged)).toEqual([]);
  });

  test('but not when it is linked', async () => {
    const { contact, deal } = await contactWithDeal('due');
    const merged = crm.merge('deals', deal, crm.create('deals', { dealname: 'Other' }).id).id;
    await stack.apply(recordEvent('deal.merge', deal));
    expect(await linksOf('due')).toEqual([`contacts/${contact} participant`, `deals/${merged} cascade`]);
    expect(crm.timeline('deals', merged)).toHaveLength(2);
  });

  test('when it was deleted in the meantime, as soon as it is restored', async () => {
    const { contact, deal } = await contactWithDeal('back');
    const merged = crm.merge('deals', deal, crm.create('deals', { dealname: 'Other' }).id).id;
    crm.archive('deals', merged);
    await leave('back', contact);
    crm.restore('deals', merged);
    expect(crm.timeline('deals', merged)).toHaveLength(2);
    await stack.apply(recordEvent('deal.restore', merged));
    expect(crm.timeline('deals', merged)).toEqual([]);
  });
});

test('a restored record does not restore associations that were removed before', async () => {
  const { contact, deal } = await contactWithDeal('restored');
  crm.archive('deals', deal);
  await leave('restored', contact);
  crm.restore('deals', deal);
  expect(crm.timeline('deals', deal)).toHaveLength(2);
  await stack.apply(recordEvent('deal.restore', deal));
  expect(crm.timeline('deals', deal)).toEqual([]);
  // Once the deal matches again, it is linked again.
  crm.update('contacts', contact, { email: 'restored@moved.example' });
  await stack.apply(changed('contact', contact, 'email', 'restored@moved.example'));
  expect(crm.timeline('deals', deal)).toHaveLength(2);
});

test('an association that cannot be removed delays neither the meeting nor the others', async () => {
  const { contact, deal } = await contactWithDeal('refused');
  const second = crm.create('deals', { dealname: 'Second' }).id;
  crm.associate('contacts', contact, 'deals', second);
  await stack.resync('refused');
  const archives = { pattern: '/associations/.*/meetings/deals/batch/archive$' };
  const refusal = { status: 'error', category: 'VALIDATION_ERROR', message: 'no such association' };
  stack.sandbox.faults.add({ match: archives, action: { kind: 'status', status: 400, body: refusal } });
  await leave('refused', contact);
  const left = [...crm.timeline('deals', deal), ...crm.timeline('deals', second)];
  expect(left.map(({ objectType }) => objectType)).toEqual(['meetings', 'meetings']);
  stack.sandbox.faults.clear();
  await stack.resync('refused');
  expect([...crm.timeline('deals', deal), ...crm.timeline('deals', second)]).toEqual([]);
});

describe('association reads that still return deleted records', () => {
  beforeEach(() => {
    stack.sandbox.settings.staleAssociations = true;
  });

  test('link no record that a webhook reported as deleted, until it is restored', async () => {
    const { contact, deal } = await contactWithDeal('stale');
    crm.archive('deals', deal);
    await stack.apply(recordEvent('deal.deletion', deal));
    expect(await linksOf('stale')).toEqual([`contacts/${contact} participant`]);
    crm.restore('deals', deal);
    await stack.apply(recordEvent('deal.restore', deal));
    expect(await linksOf('stale')).toEqual([`contacts/${contact} participant`, `deals/${deal} cascade`]);
    expect(crm.timeline('deals', deal)).toHaveLength(2);
  });

  test('link no record that another event or a reconciliation shows as deleted', async () => {
    const { contact, deal } = await contactWithDeal('unheard');
    crm.archive('deals', deal);
    await stack.apply(changed('deal', deal, 'amount', '5'));
    expect(await linksOf('unheard')).toEqual([`contacts/${contact} participant`]);

    const another = crm.create('deals', { dealname: 'Another' }).id;
    crm.associate('contacts', contact, 'deals', another);
    await stack.resync('unheard');
    await stack.apply();
    expect(await linksOf('unheard')).toHaveLength(2);
    crm.archive('deals', another);
    await stack.reconcile();
    expect(await linksOf('unheard')).toEqual([`contacts/${contact} participant`]);
  });
});

test('a reconciliation reads deleted records in batches of 100, and finds restored ones', async () => {
  const { contact, deal } = await contactWithDeal('nightly');
  crm.archive('deals', deal);
  await stack.reconcile();
  expect(await linksOf('nightly')).toEqual([`contacts/${contact} participant`]);
  stack.sandbox.requests.clear();
  await stack.reconcile();
  expect(stack.sandbox.requests.list({ path: `/deals/${deal}` })).toEqual([]);
  crm.restore('deals', deal);
  await stack.reconcile();
  expect(await linksOf('nightly')).toEqual([`contacts/${contact} participant`, `deals/${deal} cascade`]);
  expect(crm.timeline('deals', deal)).toHaveLength(2);
});

describe('changes during a sync', () => {
  const companiesAreAsked = { pattern: '/(associations/.*/companies/deals/batch/read|objects/.*/companies/search)$' };

  /** Posts the meeting and runs `change` while its sync waits for companies, after it read the contacts. */
  async function meanwhile(
    meetingId: string,
    email: string,
    happens: () => Promise<void>,
    match: { pattern: string } = companiesAreAsked,
  ): Promise<void> {
    const fault = stack.sandbox.faults.add({
      match,
      times: 1,
      action: { kind: 'delay', ms: 2_000 },
    });
    await stack.post(from(meetingId, email));
    while (stack.sandbox.faults.list().some(({ id, struck }) => id === fault && struck === 0)) await sleep(10);
    await happens();
    while (await underWay()) {
      await stack.starter.sweep(0);
      await sleep(25);
    }
  }

  /** Whether a pass is requested or running. */
  async function underWay(): Promise<boolean> {
    const rows = await stack.product.db
      .selectFrom('meetings')
      .select('meeting_id')
      .where(
        sql<boolean>`(sync_requested_at is not null or status = 'syncing' or asked_at > coalesce(begun_at, '-infinity'))`,
      )
      .execute();
    return rows.length > 0;
  }

  test('a new association of a record that is about to be linked is followed', async () => {
    const contact = crm.create('contacts', { email: 'quick@quick.example' }).id;
    const company = crm.create('companies', { name: 'Quick' }).id;
    crm.associate('contacts', contact, 'companies', company);
    const deal = crm.create('deals', { dealname: 'Quick' }).id;
    await meanwhile('quick', 'quick@quick.example', async () => {
      crm.associate('contacts', contact, 'deals', deal);
      const ends = { fromObjectId: Number(contact), toObjectId: Number(deal), associationType: 'CONTACT_TO_DEAL' };
      await stack.apply({ subscriptionType: 'contact.associationChange', ...ends });
    });
    expect(await linksOf('quick')).toEqual([
      `contacts/${contact} participant`,
      `companies/${company} cascade`,
      `deals/${deal} cascade`,
    ]);
  });

  test('a participant who becomes a contact is linked', async () => {
    await meanwhile('new', 'new@new.example', async () => {
      const { id } = crm.create('contacts', { email: 'new@new.example' });
      await stack.apply(recordEvent('contact.creation', id), changed('contact', id, 'email', 'new@new.example'));
    });
    expect(await linksOf('new')).toEqual([expect.stringMatching(/^contacts\/\d+ participant$/)]);
  });

  test('a record that is deleted before the create is not linked, nor are records reached from it', async () => {
    const contact = crm.create('contacts', { email: 'brief@brief.example' }).id;
    const deal = crm.create('deals', { dealname: 'Brief' }).id;
    crm.associate('contacts', contact, 'deals', deal);
    const company = crm.create('companies', { domain: 'brief.example' }).id;
    await meanwhile('brief', 'brief@brief.example', () => Promise.resolve(crm.archive('contacts', contact)), {
      pattern: '/meetings/batch/create$',
    });
    // When the event arrives, the link that leads to the meeting no longer exists.
    await stack.apply(recordEvent('contact.deletion', contact));
    expect(await linksOf('brief')).toEqual([`companies/${company} domain`]);
    expect(crm.timeline('companies', company)).toHaveLength(2);
    expect(crm.timeline('deals', deal)).toEqual([]);
  });
});

test('an association that a person made in HubSpot stays, although it was due for a while', async () => {
  const { contact } = await contactWithDeal('theirs');
  const summary = (await stack.status('theirs')).engagements.summary?.id ?? '';
  const deal = crm.create('deals', { dealname: 'Linked by hand in HubSpot' }).id;
  crm.associate('meetings', summary, 'deals', deal);
  crm.associate('contacts', contact, 'deals', deal);
  const ends = { fromObjectId: Number(contact), toObjectId: Number(deal), associationType: 'CONTACT_TO_DEAL' };
  await stack.apply({ subscriptionType: 'contact.associationChange', ...ends });
  expect(await linksOf('theirs')).toContain(`deals/${deal} cascade`);
  expect(crm.timeline('deals', deal)).toHaveLength(2);
  await leave('theirs', contact);
  // A person linked the summary, so it stays. The product linked the notes, so they are removed.
  expect(crm.timeline('deals', deal).map(({ id }) => id)).toEqual([summary]);
});
