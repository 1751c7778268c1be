import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Crm } from '../../../src/hubspot/crm';
import { Gateway } from '../../../src/connection/open-crm';
import { Limiter } from '../../../src/hubspot/client/limiter';
import { HubSpotTransport } from '../../../src/hubspot/client/transport';
import { startStack, type Stack } from '../../support/stack';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
  await stack.connect();
});
beforeEach(async () => {
  await stack.product.db.deleteFrom('search_forms').execute();
});
afterEach(() => {
  stack.sandbox.settings.additionalEmails = 'enumeration';
  stack.sandbox.faults.clear();
  stack.sandbox.requests.clear();
});
afterAll(() => stack.close());

/** The CRM as a process sees it that has just started: it knows what the database knows. */
async function startedNow(): Promise<Crm> {
  const { db, tokens, usage, metrics } = stack.product;
  const limiter = new Limiter(db, {
    requestsPer10Seconds: 100_000,
    searchesPerSecond: 100_000,
    associationRequestsPer10Seconds: 100_000,
  });
  const transport = new HubSpotTransport(stack.sandbox.url);
  const gateway = new Gateway({ db, tokens, transport, limiter, usage, metrics, timeScale: 0.01, longestLingerMs: 10 });
  return (await gateway.connect(stack.workspaceId)).crm;
}
const idsOf = async (crm: Crm, emails: readonly string[]) => {
  const asker = {};
  return (await Promise.all(emails.map((email) => crm.contacts.bySearch(email, asker)))).map(
    (each) => each?.id ?? null,
  );
};
const strangers = (of: string, count: number) =>
  Array.from({ length: count }, (_, index) => `stranger${index}@${of}.example`);
const searches = () =>
  stack.sandbox.requests.list({ path: '/contacts/search' }).map(({ body }) => JSON.stringify(body));
const withLists = () =>
  searches().filter((body) => body.includes('"propertyName":"hs_additional_emails","operator":"IN"'));
const form = async () =>
  (
    await stack.product.db
      .selectFrom('search_forms')
      .select('takes_lists')
      .where('object_type', '=', 'contacts')
      .executeTakeFirst()
  )?.takes_lists;
const learned = async () => {
  while ((await form()) === undefined) await new Promise((resolve) => setTimeout(resolve, 20));
};
let accounts = 0;
/** Contacts with two further addresses each. */
function contacts(count: number) {
  const of = `many${++accounts}`;
  return Array.from({ length: count }, (_, index) => {
    const further = [`b${index}@${of}.example`, `c${index}@${of}.example`];
    const properties = { email: `a${index}@${of}.example`, hs_additional_emails: further.join(';') };
    return { id: stack.sandbox.crm.create('contacts', properties).id, further };
  });
}

test('dozens of addresses share a search if HubSpot accepts lists, also in another process', async () => {
  const known = contacts(30);
  await idsOf(await startedNow(), strangers('first', 20));
  await learned();
  expect(await form()).toBe(true);
  stack.sandbox.requests.clear();
  const asked = [...known.map(({ further }) => further[1] ?? ''), ...strangers('second', 30)];
  expect(await idsOf(await startedNow(), asked)).toEqual([
    ...known.map(({ id }) => id),
    ...strangers('second', 30).map(() => null),
  ]);
  expect(searches().length).toBeLessThanOrEqual(3);
  expect(withLists()).toHaveLength(searches().length);
});

test.each(['string', 'refused'] as const)(
  'where a list is a %s, each address has a group of its own',
  async (reading) => {
    stack.sandbox.settings.additionalEmails = reading;
    const known = contacts(3);
    const crm = await startedNow();
    await idsOf(crm, strangers(`before-${reading}`, 20));
    await learned();
    expect(await form()).toBe(false);
    stack.sandbox.requests.clear();
    const asked = known.flatMap(({ further }) => further);
    expect(await idsOf(crm, asked)).toEqual(known.flatMap(({ id }) => [id, id]));
    expect(withLists()).toEqual([]);
  },
);

test('a HubSpot that no longer accepts lists is searched without them, and no contact is missed', async () => {
  const known = contacts(12);
  const crm = await startedNow();
  await idsOf(crm, strangers('while-it-lasts', 20));
  await learned();
  stack.sandbox.settings.additionalEmails = 'refused';
  const asked = known.map(({ further }) => further[0] ?? '');
  expect(await idsOf(crm, asked)).toEqual(known.map(({ id }) => id));
  expect(await form()).toBe(false);
});

test('an address that HubSpot refuses in a list is unknown, and lists stay', async () => {
  const [known] = contacts(1);
  const crm = await startedNow();
  await idsOf(crm, strangers('odd', 20));
  await learned();
  stack.sandbox.faults.add({
    match: { path: '/contacts/search', body: 'odd@one.example' },
    action: { kind: 'status', status: 400, body: { category: 'VALIDATION_ERROR', message: 'no such address' } },
  });
  const asked = [...strangers('beside', 10), 'odd@one.example', known?.further[0] ?? ''];
  expect((await idsOf(crm, asked)).at(-1)).toBe(known?.id);
  expect(await form()).toBe(true);
});

test('a few questions cost no probe', async () => {
  contacts(1);
  await idsOf(await startedNow(), strangers('few', 8));
  expect(searches()).toHaveLength(2);
});
