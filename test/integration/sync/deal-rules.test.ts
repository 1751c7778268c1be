import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { SettingsPatch } from '../../../src/meeting/settings';
import { chooseLink } from '../../../src/store/meetings/manual-links';
import { changeSettings } from '../../../src/store/settings/settings';
import { meeting } from '../../support/meetings';
import { startStack, type Stack } from '../../support/stack';
import { TEST_ACTOR } from '../../support/actors';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
  await stack.connect();
});
afterEach(() => change({ openDealsOnly: false, dealPipelines: [], maxDeals: null, lateLinkDays: 30 }));
afterAll(() => stack.close());

const change = (patch: SettingsPatch) => changeSettings(stack.product.db, stack.workspaceId, patch, TEST_ACTOR);
let people = 0;

/** Creates a contact, its company and that company's deals. @returns the meeting with the contact, and the deals */
function customer(...deals: Record<string, string>[]) {
  const { crm } = stack.sandbox;
  const meetingId = `deals-${++people}`;
  const email = `${meetingId}@customer.example`;
  const contact = crm.create('contacts', { email });
  const company = crm.create('companies', { name: meetingId });
  crm.associate('contacts', contact.id, 'companies', company.id);
  const deal = (properties: Record<string, string>) => {
    const made = crm.create('deals', { dealname: meetingId, dealstage: 'contractsent', ...properties });
    crm.associate('companies', company.id, 'deals', made.id);
    return made.id;
  };
  return { posted: meeting({ meetingId, participants: [{ email }] }), meetingId, deal, deals: deals.map(deal) };
}
const dealsOf = ({ links }: { links: readonly { objectType: string; id: string }[] }) =>
  links.filter((link) => link.objectType === 'deals').map((link) => link.id);
const activitiesAt = (deal: string) => stack.sandbox.crm.timeline('deals', deal).length;

/** The ids in a request, sorted, because their order in a batch may vary. */
const idsIn = (body: unknown) =>
  [...JSON.stringify(body).matchAll(/"id":"(?<id>\d+)"/g)].map(({ groups }) => groups?.['id'] ?? '').toSorted();

test('only deals that were open at the meeting are linked, and a deal that closes later keeps its link', async () => {
  await change({ openDealsOnly: true });
  const { posted, meetingId, deals } = customer(
    {},
    { dealstage: 'closedwon', closedate: '2026-11-01T00:00:00Z' },
    { dealstage: 'closedlost', closedate: '2026-11-09T00:00:00Z' },
  );
  const [open = '', before = '', after = ''] = deals;
  expect(dealsOf(await stack.sync(posted))).toEqual([open, after]);
  expect([open, before, after].map(activitiesAt)).toEqual([2, 0, 2]);
  stack.sandbox.crm.update('deals', open, { dealstage: 'closedwon', closedate: '2026-10-01T00:00:00Z' });
  expect(dealsOf(await stack.resync(meetingId))).toEqual([open, after]);
  expect(activitiesAt(open)).toBe(2);
});

test('by default, deals are linked without a read; changed settings apply from the next sync on', async () => {
  const { posted, meetingId, deals } = customer({}, {}, {});
  stack.sandbox.requests.clear();
  const first = await stack.sync(posted);
  expect(dealsOf(first)).toEqual(deals);
  expect(stack.sandbox.requests.list({ path: '/objects/2026-03/deals/batch/read' })).toEqual([]);

  await change({ maxDeals: 1 });
  const newest = deals.slice(-1);
  stack.sandbox.requests.clear();
  expect(dealsOf(await stack.resync(meetingId))).toEqual(newest);
  // All three are read for the rule, and the two removed deals again: alone or in batches.
  const reads = stack.sandbox.requests.list({ path: '/objects/2026-03/deals/batch/read' });
  const read = reads.flatMap(({ body }) => idsIn(body));
  expect([...new Set(read)].toSorted()).toEqual(deals);
  expect(read.filter((id) => newest.includes(id))).toHaveLength(1);
  expect(deals.map(activitiesAt)).toEqual([0, 0, 2]);

  await change({ dealPipelines: ['partners'], maxDeals: null });
  expect(dealsOf(await stack.resync(meetingId))).toEqual([]);
  await change({ dealPipelines: ['partners', 'default'] });
  const last = await stack.resync(meetingId);
  expect(last).toMatchObject({ links: first.links, engagements: first.engagements });
  expect(deals.map(activitiesAt)).toEqual([2, 2, 2]);
});

test('a manually linked deal is linked with any settings', async () => {
  await change({ openDealsOnly: true, maxDeals: 1 });
  const { posted, meetingId, deals } = customer({ dealstage: 'closedlost', closedate: '2026-01-01T00:00:00Z' }, {}, {});
  const [closed = '', , newest = ''] = deals;
  const { workspaceId, portalId } = stack;
  await stack.sync(posted);
  await chooseLink(
    stack.product.db,
    { workspaceId, meetingId },
    portalId,
    { objectType: 'deals', id: closed },
    'linked',
  );
  expect(dealsOf(await stack.resync(meetingId))).toEqual([closed, newest]);
});

test('with lateLinkDays 0, a deal associated after the first sync is not linked', async () => {
  await change({ lateLinkDays: 0 });
  const { posted, meetingId, deals, deal } = customer({});
  expect(dealsOf(await stack.sync(posted))).toEqual(deals);
  const late = deal({});
  expect(dealsOf(await stack.resync(meetingId))).toEqual(deals);
  await change({ lateLinkDays: 1 });
  // The period counts from the meeting's arrival, which was just now.
  expect(dealsOf(await stack.resync(meetingId))).toEqual([...deals, late]);
});
