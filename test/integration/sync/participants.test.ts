import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { meeting } from '../../support/meetings';
import { startStack, type Stack } from '../../support/stack';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({});
  await stack.connect();
});
afterEach(() => {
  const { settings } = stack.sandbox;
  settings.staleAssociations = false;
  settings.associationPageSize = 500;
  settings.associationLimits = {};
});
afterAll(() => stack.close());

let meetings = 0;
/** Syncs a meeting with these external participants. @returns its links and unmatched addresses */
async function linksOf(...emails: string[]) {
  const { links, unmatched, status } = await stack.sync(
    meeting({ meetingId: `p${++meetings}`, participants: emails.map((email) => ({ email })) }),
  );
  return {
    status,
    unmatched: unmatched.map((person) => person.email),
    links: links.map(({ objectType, id, via }) => `${objectType}/${id} ${via}`),
  };
}

test('a secondary address in capitals finds its contact in one search', async () => {
  const { crm, requests } = stack.sandbox;
  const marc = crm.create('contacts', {
    email: 'marc@sec.example',
    hs_additional_emails: 'm.serra@old-sec.example;ms@sec.example',
  });
  const laia = crm.create('contacts', { email: 'Laia@Sec.example' });
  requests.clear();
  const { links, unmatched } = await linksOf('M.Serra@Old-Sec.example', 'LAIA@sec.EXAMPLE', 'unknown@old-sec.example');
  expect(links).toEqual([`contacts/${marc.id} participant`, `contacts/${laia.id} participant`]);
  expect(unmatched).toEqual(['unknown@old-sec.example']);
  // One search for all addresses and one for the unknown person's domain, instead of a call per address.
  expect(requests.list({ path: '/search' })).toHaveLength(2);
  expect(requests.list({ method: 'GET', path: '/objects/' })).toEqual([]);
});

test('an address with invisible characters finds its contact', async () => {
  const ana = stack.sandbox.crm.create('contacts', { email: 'ana@zerowidth.example' });
  stack.sandbox.crm.create('companies', { name: 'Other', domain: 'zerowidth.example' });
  for (const email of ['\u{200B}ana@zerowidth.example', 'ana@zerowidth.example\u{FEFF}', 'a\u{AD}na@zerowidth.example'])
    expect((await linksOf(email)).links).toEqual([`contacts/${ana.id} participant`]);
});

test('a contact or company of an umlaut domain is found by both spellings', async () => {
  const { crm } = stack.sandbox;
  const eva = crm.create('contacts', { email: 'eva@xn--mnchen-3ya.example' });
  const ole = crm.create('contacts', { email: 'ole@blåbær.example' });
  const sec = crm.create('contacts', { email: 'zoe@sec-umlaut.example', hs_additional_emails: 'zoe@köln.example' });
  const ascii = crm.create('companies', { name: 'Ascii', domain: 'xn--dsseldorf-q9a.example' });
  const unicode = crm.create('companies', {
    name: 'Unicode',
    domain: 'else.example',
    hs_additional_domains: 'zürich.example',
  });
  expect((await linksOf('eva@münchen.example')).links).toEqual([`contacts/${eva.id} participant`]);
  expect((await linksOf('ole@xn--blbr-roah.example')).links).toEqual([`contacts/${ole.id} participant`]);
  expect((await linksOf('zoe@xn--kln-sna.example')).links).toEqual([`contacts/${sec.id} participant`]);
  expect((await linksOf('x@düsseldorf.example')).links).toEqual([`companies/${ascii.id} domain`]);
  expect((await linksOf('x@xn--zrich-kva.example')).links).toEqual([`companies/${unicode.id} domain`]);
  expect((await linksOf('New@Århus.example')).unmatched).toEqual(['new@århus.example']);
});

test('an unknown participant is matched to every company with their registrable domain', async () => {
  const { crm } = stack.sandbox;
  const main = crm.create('companies', { name: 'Omega', domain: 'omega.co.uk' });
  const twin = crm.create('companies', {
    name: 'Omega Iberia',
    domain: 'omega-iberia.example',
    hs_additional_domains: 'omega.co.uk;omega.example',
  });
  crm.create('companies', { name: 'Not Omega', domain: 'notomega.co.uk' });
  const deal = crm.create('deals', { dealname: 'Omega deal' });
  crm.associate('companies', twin.id, 'deals', deal.id);
  const { links, unmatched } = await linksOf('stranger@mail.omega.co.uk', 'someone@gmail.com', 'x@yahoo.co.uk');
  expect(links).toEqual([`companies/${main.id} domain`, `companies/${twin.id} domain`, `deals/${deal.id} cascade`]);
  expect(unmatched).toEqual(['someone@gmail.com', 'x@yahoo.co.uk']);
});

test('a company below a private registry or shared host is found, never the registry or host', async () => {
  const { crm } = stack.sandbox;
  for (const domain of ['uk.com', 'onmicrosoft.com', 'github.io']) crm.create('companies', { name: domain, domain });
  const brook = crm.create('companies', { name: 'Brook', domain: 'brook.uk.com' });
  const fabrikam = crm.create('companies', { name: 'Fabrikam', domain: 'fabrikam.onmicrosoft.com' });
  expect((await linksOf('jane@mail.brook.uk.com')).links).toEqual([`companies/${brook.id} domain`]);
  expect((await linksOf('lee@fabrikam.onmicrosoft.com')).links).toEqual([`companies/${fabrikam.id} domain`]);
  expect(await linksOf('x@other.uk.com', 'x@other.onmicrosoft.com', 'x@other.github.io')).toMatchObject({
    status: 'skipped',
    links: [],
  });
});

test('rooms and calendars match no company', async () => {
  const { crm } = stack.sandbox;
  const google = crm.create('companies', { name: 'Google', domain: 'google.com' });
  const renewal = crm.create('deals', { dealname: 'Renewal' });
  crm.associate('companies', google.id, 'deals', renewal.id);
  const eva = crm.create('contacts', { email: 'eva@room-client.example' });
  for (const email of [
    'c_1881d77mmcaqsihgi426fseae6vnc@resource.calendar.google.com',
    'sales123@group.calendar.google.com',
    'unknownorganizer@calendar.google.com',
  ])
    expect(await linksOf('eva@room-client.example', email)).toEqual({
      status: 'synced',
      unmatched: [],
      links: [`contacts/${eva.id} participant`],
    });
});

test('free-mail domains match no company, even when one has that domain', async () => {
  stack.sandbox.crm.create('companies', { name: 'Freelancer', domain: 'gmail.com' });
  expect(await linksOf('unknown@gmail.com')).toMatchObject({ status: 'skipped', links: [] });
});

test('merged contacts, companies and deals count as their targets', async () => {
  const { crm } = stack.sandbox;
  const [a, b] = [
    crm.create('contacts', { email: 'a@merge.example' }),
    crm.create('contacts', { email: 'b@merge.example' }),
  ];
  const [c, d] = [crm.create('companies', { name: 'C' }), crm.create('companies', { name: 'D' })];
  crm.associate('contacts', b.id, 'companies', d.id);
  const contact = crm.merge('contacts', a.id, b.id);
  const company = crm.merge('companies', c.id, d.id);
  const { links } = await linksOf('b@merge.example', 'a@merge.example');
  expect(links).toEqual([`contacts/${contact.id} participant`, `companies/${company.id} cascade`]);
});

test('archived records are never linked, even when association reads still return them', async () => {
  const { crm, settings } = stack.sandbox;
  const contact = crm.create('contacts', { email: 'kim@arch.example' });
  const [dead, alive] = [crm.create('companies', { name: 'Dead' }), crm.create('companies', { name: 'Alive' })];
  for (const company of [dead, alive]) crm.associate('contacts', contact.id, 'companies', company.id);
  crm.archive('companies', dead.id);
  settings.staleAssociations = true;
  const { links, status } = await linksOf('kim@arch.example');
  expect([status, links]).toEqual(['synced', [`contacts/${contact.id} participant`, `companies/${alive.id} cascade`]]);
});

test('all deals of a company are linked, over several pages', async () => {
  const { crm, settings } = stack.sandbox;
  settings.associationPageSize = 7;
  const company = crm.create('companies', { name: 'Big', domain: 'big.example' });
  const deals = Array.from({ length: 120 }, (_, index) => crm.create('deals', { dealname: `Deal ${index}` }));
  for (const deal of deals) crm.associate('companies', company.id, 'deals', deal.id);
  const { links } = await linksOf('anyone@big.example');
  expect(links).toEqual([`companies/${company.id} domain`, ...deals.map((deal) => `deals/${deal.id} cascade`)]);
  for (const deal of [deals[0], deals.at(-1)]) expect(crm.timeline('deals', deal?.id ?? '')).toHaveLength(2);
});

test('one refused association stops neither activities nor the other links', async () => {
  const { crm, settings } = stack.sandbox;
  const contact = crm.create('contacts', { email: 'lim@limit.example' });
  const [full, free] = [crm.create('deals', { dealname: 'Full' }), crm.create('deals', { dealname: 'Free' })];
  for (const deal of [full, free]) crm.associate('contacts', contact.id, 'deals', deal.id);
  settings.associationLimits = { 'deals>meetings': 0, 'deals>notes': 1 };
  const { status, links } = await linksOf('lim@limit.example');
  expect(status).toBe('synced');
  expect(links).toContain(`contacts/${contact.id} participant`);
  expect(crm.timeline('contacts', contact.id)).toHaveLength(2);
  expect(crm.timeline('deals', free.id).map((entry) => entry.objectType)).toEqual(['notes']);
});
