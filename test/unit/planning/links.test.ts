import { expect, test } from '@jest/globals';
import type { RecordRef } from '../../../src/meeting/linking/cascade';
import { FakeCrm } from './crm';
import { PlannedMeeting } from './plans';

/** Marc of Acme, with a deal of his own and two of his company's. */
function acme() {
  const crm = new FakeCrm();
  const marc = crm.add('contacts', '1', { email: 'marc@acme.example', createdate: '2025-01-01T00:00:00Z' });
  const company = crm.add('companies', '2', { domain: 'acme.example' });
  const deal = (id: string, properties: Record<string, string> = {}): RecordRef =>
    crm.add('deals', id, {
      pipeline: 'default',
      hs_is_closed: 'false',
      createdate: `2026-01-${id}T00:00:00Z`,
      ...properties,
    });
  const deals = [deal('10'), deal('11'), deal('12', { pipeline: 'partners' })] as const;
  crm.associate(marc, company, deals[0]);
  crm.associate(company, deals[1], deals[2]);
  return { crm, marc, company, deals, deal, meeting: new PlannedMeeting(crm) };
}
const root = 'contacts/1 participant';
const company = 'companies/2 cascade from contacts/1';
const [first, second, third] = [
  'deals/10 cascade from contacts/1',
  'deals/11 cascade from companies/2',
  'deals/12 cascade from companies/2',
];

test('by default every deal is linked, and none is read', async () => {
  const { crm, meeting } = acme();
  expect(await meeting.links()).toEqual([root, company, first, second, third]);
  expect(crm.asked.filter((question) => question.startsWith('record'))).toEqual([]);
});

test('a deal that closes after it was linked keeps its link, dated back or without a date', async () => {
  const { crm, deals, meeting } = acme();
  meeting.settings({ openDealsOnly: true });
  expect(await meeting.links()).toEqual([root, company, first, second, third]);
  crm.set(deals[0], { hs_is_closed: 'true', closedate: '2026-10-01T00:00:00Z' });
  crm.set(deals[1], { hs_is_closed: 'true', closedate: null });
  expect(await meeting.links()).toEqual([root, company, first, second, third]);
});

test('a change of the settings takes links away and gives them back', async () => {
  const { crm, deals, meeting } = acme();
  crm.set(deals[0], { hs_is_closed: 'true', closedate: '2026-10-01T00:00:00Z' });
  expect(await meeting.links()).toContain(first);
  const closed = await meeting.settings({ openDealsOnly: true }).pass();
  expect(closed.links).toEqual([root, company, second, third]);
  expect(closed.leftOut).toEqual(['deals/10 closed_deal']);
  const pipeline = await meeting.settings({ dealPipelines: ['partners'] }).pass();
  expect(pipeline.links).toEqual([root, company, third]);
  expect(pipeline.leftOut).toEqual(['deals/10 closed_deal', 'deals/11 other_pipeline']);
  expect(await meeting.settings({ openDealsOnly: false, dealPipelines: [] }).links()).toEqual([
    root,
    company,
    first,
    second,
    third,
  ]);
});

test('a deal that moves to another pipeline keeps its link, a new one there gets none', async () => {
  const { crm, company: acmeCompany, deals, deal, meeting } = acme();
  meeting.settings({ dealPipelines: ['default'] });
  expect(await meeting.links()).toEqual([root, company, first, second]);
  crm.set(deals[1], { pipeline: 'partners' });
  crm.associate(acmeCompany, deal('13', { pipeline: 'partners' }));
  expect(await meeting.links()).toEqual([root, company, first, second]);
});

test('the newest deals are linked, also one that comes later; a deal whose association is gone counts as well', async () => {
  const { crm, company: acmeCompany, deals, deal, meeting } = acme();
  meeting.settings({ maxDeals: 2 });
  expect(await meeting.pass()).toMatchObject({
    links: [root, company, second, third],
    leftOut: ['deals/10 beyond_max_deals'],
  });
  crm.dissociate(acmeCompany, deals[2]);
  expect(await meeting.links()).toEqual([root, company, second, third]);
  crm.associate(acmeCompany, deal('13'));
  expect(await meeting.links()).toEqual([root, company, third, 'deals/13 cascade from companies/2']);
  // Long after, a newer one is not added, and pushes nothing out.
  crm.associate(acmeCompany, deal('14'));
  expect((await meeting.after(31).pass()).links).toEqual([root, company, third, 'deals/13 cascade from companies/2']);
});

test('what is linked on is read on: the mirror follows its associations, the meeting does not', async () => {
  const { crm, marc, company: acmeCompany, deals, deal, meeting } = acme();
  const before = await meeting.pass();
  expect(before.associations).toEqual(['contacts/1>2', 'contacts/1>10', 'companies/2>11', 'companies/2>12']);
  crm.dissociate(marc, acmeCompany);
  crm.dissociate(acmeCompany, deals[1]);
  crm.associate(acmeCompany, deal('13'));
  const after = await meeting.pass();
  expect(after.associations).toEqual(['contacts/1>10', 'companies/2>12', 'companies/2>13']);
  expect(after.links).toEqual(before.links);
});

test('a deal linked by hand is linked regardless of the settings, and replaces no other deal', async () => {
  const { crm, deals, meeting } = acme();
  crm.set(deals[0], { hs_is_closed: 'true', closedate: '2026-10-01T00:00:00Z' });
  meeting.settings({ openDealsOnly: true, maxDeals: 1 }).choose({ ...deals[0], choice: 'linked' });
  expect(await meeting.links()).toEqual([root, company, 'deals/10 manual', third]);
});

test('nothing is reached through a deal that is left out; custom types that are no longer chosen go', async () => {
  const { crm, deals, meeting } = acme();
  crm.associate(deals[0], crm.add('2-7', '70'));
  crm.associate(deals[2], crm.add('2-7', '72'));
  meeting.settings({ customObjectTypes: ['2-7'] });
  expect((await meeting.links()).slice(-2)).toEqual(['2-7/70 cascade from deals/10', '2-7/72 cascade from deals/12']);
  meeting.settings({ dealPipelines: ['partners'] });
  expect(await meeting.links()).toEqual([root, company, third, '2-7/72 cascade from deals/12']);
  expect(await meeting.settings({ customObjectTypes: [] }).links()).toEqual([root, company, third]);
});

test('with lateLinkDays 0 the first pass links all, and later ones nothing new', async () => {
  const { crm, company: acmeCompany, deal, meeting } = acme();
  meeting.settings({ lateLinkDays: 0 });
  expect(await meeting.links()).toEqual([root, company, first, second, third]);
  crm.associate(acmeCompany, deal('13'));
  const later = await meeting.pass();
  expect(later.links).toEqual([root, company, first, second, third]);
  expect(later.leftOut).toEqual(['deals/13 late_link']);
});

test('linked by hand long after, a company brings its deals', async () => {
  const { crm, meeting } = acme();
  await meeting.pass();
  const beta = crm.add('companies', '20');
  crm.associate(beta, crm.add('deals', '200'));
  meeting.after(400).choose({ ...beta, choice: 'linked' });
  const links = [root, company, 'companies/20 manual', first, second, third, 'deals/200 cascade from companies/20'];
  expect(await meeting.links()).toEqual(links);
  expect(await meeting.links()).toEqual(links);
});

test('records linked by hand follow a merge and go when they are deleted; what was unlinked stays so after a merge', async () => {
  const { crm, meeting, company: acmeCompany, marc } = acme();
  const [beta, gamma] = [crm.add('companies', '20'), crm.add('companies', '21')];
  meeting.choose({ ...beta, choice: 'linked' }, { ...acmeCompany, choice: 'unlinked' });
  expect(await meeting.links()).toEqual([root, 'companies/20 manual', first]);
  crm.merge(beta, gamma);
  const merged = crm.add('companies', '30');
  crm.merge(acmeCompany, merged);
  crm.associate(marc, merged);
  const then = await meeting.pass();
  expect(then.links).toEqual([root, 'companies/21 manual', first]);
  expect(then.leftOut).toEqual(['companies/30 unlinked_by_hand']);
  crm.remove(gamma);
  crm.merge(beta, gamma);
  expect(await meeting.pass()).toMatchObject({
    links: [root, first],
    leftOut: [expect.anything(), 'companies/20 archived', 'companies/21 archived'],
  });
});

test('a setting that is tried for a day costs old meetings no links, and lets nothing late in', async () => {
  const { crm, company: acmeCompany, deals, deal, meeting } = acme();
  crm.set(deals[0], { hs_is_closed: 'true', closedate: '2026-10-01T00:00:00Z' });
  crm.associate(deals[0], crm.add('2-7', '70', { hs_createdate: '2026-10-01T00:00:00Z' }));
  meeting.settings({ customObjectTypes: ['2-7'] });
  const before = await meeting.links();
  expect(before).toContain('2-7/70 cascade from deals/10');
  crm.associate(acmeCompany, deal('13', { createdate: '2026-12-24T00:00:00Z' }));
  crm.associate(deals[1], crm.add('2-7', '71'));
  meeting.after(60);
  expect(await meeting.links()).toEqual(before);
  for (const tried of [{ openDealsOnly: true }, { maxDeals: 1 }, { dealPipelines: ['partners'] }]) {
    expect(await meeting.settings(tried).links()).not.toContain(first);
    expect(await meeting.settings({ openDealsOnly: false, maxDeals: null, dealPipelines: [] }).links()).toEqual(before);
  }
  expect(await meeting.settings({ customObjectTypes: [] }).links()).not.toContain('2-7/70 cascade from deals/10');
  expect(await meeting.settings({ customObjectTypes: ['2-7'] }).links()).toEqual(before);
});

test('posted again with other words long after, a meeting keeps its links and gets no late ones', async () => {
  const { crm, company: acmeCompany, deal, meeting } = acme();
  const before = await meeting.links();
  crm.associate(acmeCompany, deal('13'));
  const laia = crm.add('contacts', '4', { email: 'laia@acme.example' });
  const her = crm.add('companies', '5');
  crm.associate(laia, her);
  meeting.after(60).emails('marc@acme.example', 'laia@acme.example');
  meeting.input = { ...meeting.input, row: { ...meeting.input.row, body_hash: 'other' } };
  expect(await meeting.links()).toEqual([
    root,
    'contacts/4 participant',
    company,
    'companies/5 cascade from contacts/4',
    ...before.slice(2),
  ]);
});
