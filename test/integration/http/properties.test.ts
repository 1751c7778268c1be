import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { PropertiesDocument } from '../../../src/meeting/fields/property';
import {
  STANDARD_PROPERTIES,
  type StandardPropertiesDocument,
  type StandardPropertyStatus,
} from '../../../src/meeting/fields/standard-properties';
import { consent } from './consent';
import { startHttpStack, type HttpStack } from './support';

let stack: HttpStack;
beforeAll(async () => {
  stack = await startHttpStack();
});
/** An account of its own for each test, because property definitions stay. */
beforeEach(async () => {
  stack.sandbox.faults.clear();
  const { id } = stack.sandbox.portals.create();
  const browser = await stack.signIn();
  await stack.call('DELETE', '/api/v1/connection');
  const { headers } = await browser.get('/integrations/hubspot/connect');
  await browser.open(await consent(stack.sandbox, String(headers['location']), { portalId: id }));
  stack.sandbox.requests.clear();
});
afterAll(() => stack.close());

const COUNT = 3 * STANDARD_PROPERTIES.length;
const make = () => stack.call('POST', '/api/v1/crm/standard-properties');
async function made(): Promise<StandardPropertiesDocument> {
  const answer = await make();
  expect(answer.statusCode).toBe(200);
  return answer.json();
}
async function propertiesOf(objectType: string): Promise<PropertiesDocument['properties']> {
  const answer = await stack.call('GET', `/api/v1/crm/${objectType}/properties`);
  expect(answer.statusCode).toBe(200);
  return answer.json<PropertiesDocument>().properties;
}
const namesOf = async (objectType: string) => (await propertiesOf(objectType)).map(({ name }) => name);
const writes = () => stack.sandbox.requests.list({ method: 'POST', path: '/crm/properties/' });
const statesOf = (properties: readonly StandardPropertyStatus[]) =>
  new Set(properties.map(({ objectType, state }) => `${objectType}: ${state}`));

/** Changes definitions as a person does in HubSpot. */
async function inHubSpot(method: string, path: string, body?: unknown): Promise<void> {
  const { accessToken } = await stack.product.tokens.access(stack.workspaceId);
  const answer = await fetch(`${stack.sandbox.url}/crm/properties/2026-03/${path}`, {
    method,
    headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  expect(answer.ok).toBe(true);
}
const DENIED = {
  kind: 'status',
  status: 403,
  body: {
    status: 'error',
    message: 'One or more of the following scopes are required.',
    category: 'MISSING_SCOPES',
    context: { requiredGranularScopes: ['crm.schemas.deals.write'] },
  },
} as const;

test('the properties of a type have name, label, type, options and whether they take values', async () => {
  const properties = await propertiesOf('contacts');
  expect(properties.find(({ name }) => name === 'hs_lead_status')).toMatchObject({
    type: 'enumeration',
    several: false,
    options: expect.arrayContaining([{ value: 'OPEN', label: expect.any(String) }]),
    writable: true,
  });
  expect(properties.find(({ name }) => name === 'num_notes')).toMatchObject({ type: 'number', writable: false });
});

test.each(['tickets', 'nothing', '2-999999'])('%s is no type that values can be written to', async (objectType) => {
  const answer = await stack.call('GET', `/api/v1/crm/${objectType}/properties`);
  expect(answer.statusCode).toBe(400);
  expect(answer.json()).toMatchObject({ errors: [{ path: 'objectType' }] });
});

test('without a connection, both calls say so', async () => {
  await stack.call('DELETE', '/api/v1/connection');
  for (const answer of [await make(), await stack.call('GET', '/api/v1/crm/deals/properties')]) {
    expect(answer.statusCode).toBe(409);
    expect(answer.json()).toMatchObject({ type: expect.stringMatching('not-connected') });
  }
});

test('the standard properties are made once, also by two calls at the same time', async () => {
  const both = await Promise.all([made(), made()]);
  expect(both[0].created + both[1].created).toBe(COUNT);
  expect(await namesOf('deals')).toEqual(expect.arrayContaining(STANDARD_PROPERTIES.map(({ name }) => name)));
  stack.sandbox.requests.clear();
  const again = await made();
  expect([again.group, again.created, again.properties.length]).toEqual(['meeting_sync', 0, COUNT]);
  expect(new Set(again.properties.map(({ state }) => state))).toEqual(new Set(['exists']));
  expect(writes()).toEqual([]);
});

test('after a call that was cut off, the next one makes the rest', async () => {
  stack.sandbox.faults.add({
    match: { method: 'POST', pattern: '/companies/batch/create$' },
    times: 1,
    action: { kind: 'apply-then-cut' },
  });
  stack.sandbox.faults.add({
    match: { method: 'POST', pattern: '/deals/batch/create$' },
    times: 1,
    action: { kind: 'cut' },
  });
  expect((await make()).statusCode).toBe(503);
  const { created, properties } = await made();
  expect(created).toBe(STANDARD_PROPERTIES.length);
  expect(properties.every(({ state }) => state === 'created' || state === 'exists')).toBe(true);
});

test('an archived property and one of another type are reported and stay as they are', async () => {
  await made();
  await inHubSpot('DELETE', 'contacts/meeting_sync_overview');
  await inHubSpot('DELETE', 'deals/meeting_sync_topics');
  await inHubSpot('DELETE', 'companies/meeting_sync_ai_score');
  stack.sandbox.requests.clear();
  const { created, properties } = await made();
  expect(created).toBe(0);
  expect(writes()).toEqual([]);
  expect(properties.filter(({ state }) => state !== 'exists')).toMatchObject([
    { objectType: 'contacts', property: 'meeting_sync_overview', state: 'archived' },
    { objectType: 'companies', property: 'meeting_sync_ai_score', state: 'archived' },
    { objectType: 'deals', property: 'meeting_sync_topics', state: 'archived' },
  ]);
  expect(await namesOf('contacts')).not.toContain('meeting_sync_overview');
});

test('a property of another type is named', async () => {
  const own = { name: 'meeting_sync_ai_score', label: 'Own', type: 'string', fieldType: 'text' };
  await inHubSpot('POST', 'deals', { ...own, groupName: 'dealinformation' });
  const { properties } = await made();
  const found = properties.find(({ objectType, field }) => objectType === 'deals' && field === 'ai_score');
  expect(found).toMatchObject({ state: 'other_type', message: expect.stringMatching('type string, not number') });
  expect(await propertiesOf('deals')).toContainEqual(expect.objectContaining({ label: 'Own', type: 'string' }));
});

test('a missing permission for one type does not stop the others', async () => {
  stack.sandbox.faults.add({ match: { method: 'POST', pattern: '/properties/2026-03/deals' }, action: DENIED });
  const { properties } = await made();
  expect(statesOf(properties)).toEqual(new Set(['contacts: created', 'companies: created', 'deals: refused']));
  expect(properties.at(-1)?.message).toMatch('the permission crm.schemas.deals.write is missing');
});

test('a missing permission for all of them is a problem that names it', async () => {
  stack.sandbox.faults.add({ match: { path: '/crm/properties/' }, action: DENIED });
  for (const answer of [await make(), await stack.call('GET', '/api/v1/crm/deals/properties')]) {
    expect(answer.statusCode).toBe(409);
    expect(answer.json()).toMatchObject({
      type: expect.stringMatching('hubspot-refused'),
      detail: expect.stringMatching('the permission crm.schemas.deals.write is missing'),
    });
  }
});

test('a property that HubSpot refuses does not stop the others', async () => {
  stack.sandbox.faults.add({
    match: { method: 'POST', path: '/properties/', body: 'meeting_sync_topics' },
    action: {
      kind: 'status',
      status: 400,
      body: { status: 'error', category: 'VALIDATION_ERROR', message: 'The limit of custom properties is reached' },
    },
  });
  const { created, properties } = await made();
  expect(created).toBe(COUNT - 3);
  expect(properties.find(({ field }) => field === 'topics')).toMatchObject({
    state: 'refused',
    message: expect.stringMatching('The limit of custom properties is reached'),
  });
});
