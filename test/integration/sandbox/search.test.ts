import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { startSandbox } from '../../../sandbox/sandbox';
import type { Sandbox } from '../../../sandbox/sandbox';
import { at, caller, contactId, listAt, textAt } from './client';
import type { Caller, Reply } from './client';

let sandbox: Sandbox;
let call: Caller;

beforeAll(async () => {
  sandbox = await startSandbox({ searchLagMs: 0, limits: { searchPerSecond: null, tenSecondly: null } });
  call = caller(sandbox);
});
afterEach(() => {
  sandbox.settings.shortSearchPages = false;
  sandbox.settings.searchLagMs = 0;
});
afterAll(() => sandbox.close());

type Filter = { propertyName: string; operator: string; value?: string; values?: string[]; highValue?: string };

function search(type: string, filters: Filter[], extra: object = {}): Promise<Reply> {
  return call('POST', `/crm/objects/2026-03/${type}/search`, {
    filterGroups: [{ filters }],
    properties: ['email', 'domain'],
    ...extra,
  });
}

async function found(type: string, filter: Filter): Promise<unknown[]> {
  return listAt((await search(type, [filter], { limit: 200 })).body, 'results').map((result) => at(result, 'id'));
}

test('email EQ finds primary addresses in any case, and secondary ones only by their own property', async () => {
  const marc = contactId(sandbox, 'marc.serra@acme.example');
  expect(await found('contacts', { propertyName: 'email', operator: 'EQ', value: 'MARC.SERRA@acme.example' })).toEqual([
    marc,
  ]);
  expect(
    await found('contacts', { propertyName: 'email', operator: 'EQ', value: 'm.serra@acme-labs.example' }),
  ).toEqual([]);
  const token = { propertyName: 'hs_additional_emails', operator: 'CONTAINS_TOKEN' };
  expect(await found('contacts', { ...token, value: 'm.serra@acme-labs.example' })).toEqual([marc]);
});

test('string values of IN must be lower-case', async () => {
  const filter = { propertyName: 'domain', operator: 'IN' };
  expect(await found('companies', { ...filter, values: ['evergreen.example', 'acme.example'] })).toHaveLength(3);
  expect(await found('companies', { ...filter, values: ['Evergreen.example'] })).toEqual([]);
});

test.each([
  [{ propertyName: 'amount', operator: 'GTE', value: '100000' }, 2],
  [{ propertyName: 'amount', operator: 'BETWEEN', value: '3000', highValue: '4000' }, 2],
  [{ propertyName: 'dealstage', operator: 'IN', values: ['renewal_due', 'renewal_won'] }, 3],
  [{ propertyName: 'dealstage', operator: 'EQ', value: 'Renewal_Due' }, 0],
  [{ propertyName: 'closedate', operator: 'LT', value: '2026-01-01' }, 2],
  [{ propertyName: 'hs_is_closed_won', operator: 'EQ', value: 'true' }, 6],
  [{ propertyName: 'dealname', operator: 'CONTAINS_TOKEN', value: 'support' }, 4],
  [{ propertyName: 'dealname', operator: 'CONTAINS_TOKEN', value: 'supp*' }, 4],
  [{ propertyName: 'description', operator: 'HAS_PROPERTY' }, 0],
  [{ propertyName: 'description', operator: 'NOT_HAS_PROPERTY' }, 25],
])('%j finds %i deals', async (filter, count) => {
  expect(await found('deals', filter)).toHaveLength(count);
});

test('pages may be short and go on until there is no after', async () => {
  sandbox.settings.shortSearchPages = true;
  const ids = new Set<unknown>();
  let after: unknown;
  let pages = 0;
  do {
    const page = await search('deals', [], { limit: 10, ...(after === undefined ? {} : { after }) });
    for (const result of listAt(page.body, 'results')) ids.add(at(result, 'id'));
    after = at(page.body, 'paging', 'next', 'after');
    pages += 1;
  } while (after !== undefined);
  expect([ids.size, pages]).toEqual([25, 3]);
});

test('a new record is not found yet, and a lagging index shows old hits with new values', async () => {
  const seen = sandbox.crm.create('companies', { name: 'Lag', domain: 'before.example' });
  sandbox.settings.searchLagMs = 3_600_000;
  const made = await call('POST', '/crm/objects/2026-03/companies', {
    properties: { name: 'New', domain: 'fresh.example' },
  });
  expect(await found('companies', { propertyName: 'domain', operator: 'EQ', value: 'fresh.example' })).toEqual([]);
  await call('PATCH', `/crm/objects/2026-03/companies/${seen.id}`, { properties: { domain: 'after.example' } });
  const stale = await search('companies', [{ propertyName: 'domain', operator: 'EQ', value: 'before.example' }]);
  expect(at(stale.body, 'results', 0)).toMatchObject({ id: seen.id, properties: { domain: 'after.example' } });
  await call('DELETE', `/crm/objects/2026-03/companies/${seen.id}`);
  const counted = await search('companies', [{ propertyName: 'domain', operator: 'EQ', value: 'before.example' }]);
  expect([at(counted.body, 'total'), at(counted.body, 'results')]).toEqual([1, []]);
  sandbox.settings.searchLagMs = 0;
  expect(await found('companies', { propertyName: 'domain', operator: 'EQ', value: 'fresh.example' })).toEqual([
    textAt(made.body, 'id'),
  ]);
});

test.each([
  ['six groups', { filterGroups: Array.from({ length: 6 }, () => ({ filters: [] })) }],
  [
    'seven filters',
    {
      filterGroups: [
        { filters: Array.from({ length: 7 }, () => ({ propertyName: 'email', operator: 'HAS_PROPERTY' })) },
      ],
    },
  ],
  ['limit 201', { limit: 201 }],
  ['more than 10,000', { limit: 200, after: '9900' }],
  ['an unknown property', { filterGroups: [{ filters: [{ propertyName: 'nope', operator: 'HAS_PROPERTY' }] }] }],
  ['IN without values', { filterGroups: [{ filters: [{ propertyName: 'email', operator: 'IN', value: 'x' }] }] }],
  [
    '3,000 characters',
    { filterGroups: [{ filters: [{ propertyName: 'email', operator: 'EQ', value: 'x'.repeat(3000) }] }] },
  ],
])('a search with %s is a 400', async (_name, body) => {
  const reply = await call('POST', '/crm/objects/2026-03/contacts/search', body);
  expect([reply.status, at(reply.body, 'category')]).toEqual([400, 'VALIDATION_ERROR']);
});

test('a search with an unknown operator is a 400 without a category, as its JSON is invalid for the call', async () => {
  const filters = [{ propertyName: 'email', operator: 'LIKE', value: 'x' }];
  const reply = await call('POST', '/crm/objects/2026-03/contacts/search', { filterGroups: [{ filters }] });
  expect([reply.status, at(reply.body, 'category')]).toEqual([400, undefined]);
});
