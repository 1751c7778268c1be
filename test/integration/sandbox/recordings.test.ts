import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startSandbox } from '../../../sandbox/sandbox';
import type { Sandbox } from '../../../sandbox/sandbox';
import { hubspotAnswers } from '../../support/hubspot-answers';
import { at, caller, hubspotDefined, replyOf, textAt } from './client';
import type { Caller, Reply } from './client';

/** Keys that are not in every recording of one kind, because HubSpot added them over the years. */
const COMES_AND_GOES = new Set([
  'url',
  'paging',
  'writePermissions',
  'showCurrencySymbol',
  'hubspotDefined',
  'readOnlyOptions',
  'dataSensitivity',
  'createdUserId',
  'updatedUserId',
  'createdAt',
  'updatedAt',
  'archived',
  'description',
  'requestId',
  'groupName',
  'category',
  'associations',
  'objectId',
  'allowsSensitiveProperties',
]);
/** Below these keys, names differ from request to request. */
const FREE = new Set(['properties', 'scopes', 'context', 'signed_access_token']);

/** The differences between the shapes of two answers: missing keys, extra keys, other types. */
function differences(wanted: unknown, got: unknown, path = ''): string[] {
  if (Array.isArray(wanted)) {
    if (!Array.isArray(got)) return [`${path} is no list`];
    return wanted.length === 0 || got.length === 0 ? [] : differences(wanted[0], got[0], `${path}[]`);
  }
  if (typeof wanted !== 'object' || wanted === null) {
    return wanted === null || got === null || typeof wanted === typeof got
      ? []
      : [`${path} is ${typeof got}, not ${typeof wanted}`];
  }
  if (typeof got !== 'object' || got === null) return [`${path} is no object`];
  const [wantedKeys, gotKeys] = [Object.keys(wanted), Object.keys(got)];
  const free = FREE.has(path.split('.').at(-1) ?? '');
  return [
    ...wantedKeys
      .filter((key) => !gotKeys.includes(key) && !free && !COMES_AND_GOES.has(key))
      .map((key) => `${path}.${key} is missing`),
    ...gotKeys
      .filter((key) => !wantedKeys.includes(key) && !free && !COMES_AND_GOES.has(key))
      .map((key) => `${path}.${key} is not in the recording`),
    ...wantedKeys
      .filter((key) => gotKeys.includes(key))
      .flatMap((key) => differences(at(wanted, key), at(got, key), `${path}.${key}`)),
  ];
}

let sandbox: Sandbox;
let call: Caller;
let contact: string;
let company: string;
let deal: string;
let counter = 0;

const post = (path: string, body?: unknown): Promise<Reply> => call('POST', `/crm/v3/objects/${path}`, body);
const address = (): string => `case${(counter += 1)}@recorded.example`;
const filter = (propertyName: string, value: string) => ({
  filterGroups: [{ filters: [{ propertyName, operator: 'EQ', value }] }],
  properties: [propertyName],
});

beforeAll(async () => {
  sandbox = await startSandbox({ searchLagMs: 0, limits: { searchPerSecond: null } });
  call = caller(sandbox);
  contact = sandbox.crm.create('contacts', { email: address() }).id;
  company = sandbox.crm.create('companies', { name: 'Recorded', domain: 'recorded.example' }).id;
  deal = sandbox.crm.create('deals', { dealname: 'Recorded' }).id;
  sandbox.crm.associate('contacts', contact, 'companies', company, { types: hubspotDefined(1) });
  sandbox.crm.associate('deals', deal, 'companies', company, { types: hubspotDefined(5) });
});
afterAll(() => sandbox.close());

/** The request of each recording, repeated with the sandbox's own records. */
const requests: Record<string, () => Promise<Reply>> = {
  R001: () =>
    post('companies/batch/create', {
      inputs: [{ properties: { name: 'B', domain: 'b.example', city: 'C', industry: 'COMPUTER_SOFTWARE' } }],
    }),
  R002: () =>
    post('companies/batch/update', {
      inputs: [{ id: company, properties: { name: 'N', industry: 'COMPUTER_SOFTWARE', city: 'Boston' } }],
    }),
  R004: () =>
    call('POST', '/crm/v3/associations/contacts/companies/batch/create', {
      inputs: [{ from: { id: contact }, to: { id: company }, type: 'contact_to_company' }],
    }),
  R005: () => post('companies', { properties: { name: 'T', domain: 't.example' } }),
  R007: () => post('deals', { properties: { dealname: 'T', amount: 10_000 } }),
  R008: () =>
    post('notes', {
      properties: {
        hs_timestamp: '2026-03-12T10:00:00Z',
        hs_note_body: 'T',
        hubspot_owner_id: sandbox.portals.owners(4_815_162)[0]?.id,
      },
      associations: [{ to: { id: contact }, types: hubspotDefined(202) }],
    }),
  R010: () =>
    post('tasks', {
      properties: {
        hs_task_subject: 'T',
        hs_task_type: 'TODO',
        hs_task_priority: 'MEDIUM',
        hs_timestamp: '2024-12-31T23:59:59Z',
        hs_task_status: 'NOT_STARTED',
      },
    }),
  R011: () => post('tickets', { properties: { subject: 'T', hs_pipeline: '0', hs_pipeline_stage: '1' } }),
  R013: () => call('DELETE', `/crm/v3/objects/companies/${sandbox.crm.create('companies', { name: 'D' }).id}`),
  R014: () => call('DELETE', `/crm/v3/objects/contacts/${sandbox.crm.create('contacts', { email: address() }).id}`),
  R017: () => call('GET', '/crm/v3/pipelines/deals'),
  R019: () => call('GET', `/crm/v3/objects/contacts/${contact}?properties=email,firstname,lastname`),
  R020: () =>
    call(
      'GET',
      `/crm/v3/objects/deals/${deal}?properties=dealname,dealstage,pipeline,amount,closedate,hubspot_owner_id`,
    ),
  R022: () => call('GET', '/crm/v3/objects/contacts?limit=100&properties=email,firstname,lastname,phone'),
  R023: () => call('GET', '/crm/v3/owners?limit=100'),
  R025: () => post('companies/search', { ...filter('name', 'recorded'), limit: 100 }),
  R026: () => post('deals/search', { limit: 5, properties: ['dealname', 'amount'] }),
  R028: () => call('GET', '/crm/v3/objects/tasks?limit=100&associations=contacts&properties=hs_task_type'),
  R029: () =>
    call('PATCH', `/crm/v3/objects/companies/${company}`, {
      properties: { name: 'U', domain: 'u.example', city: 'C' },
    }),
  R031: () =>
    call('PATCH', `/crm/v3/objects/deals/${deal}`, {
      properties: { dealname: 'U', amount: 15_000, closedate: '2026-12-31', dealstage: 'qualifiedtobuy' },
    }),
  R032: () =>
    call(
      'PATCH',
      `/crm/v3/objects/tasks/${sandbox.crm.create('tasks', { hs_timestamp: '2026-03-15T10:00:00Z', hs_task_subject: 'S', hs_task_type: 'TODO' }).id}`,
      {
        properties: { hs_task_subject: 'U', hs_task_body: 'B', hs_task_status: 'COMPLETED', hs_task_priority: 'HIGH' },
      },
    ),
  R034: async () => replyOf(await fetch(`${sandbox.url}/oauth/v1/access-tokens/${sandbox.tokens.issue().accessToken}`)),
  R035: async () => {
    sandbox.faults.add({ times: 1, action: { kind: 'rate-limit-429', policy: 'SECONDLY' } });
    return post('CONTACT/search', filter('email', 'a@b.example'));
  },
  R037: () => post('CONTACT/batch/create', { inputs: [{ properties: { email: address(), firstname: 'J' } }] }),
  R038: () => post('COMPANY/batch/create', { inputs: [{ properties: { domain: 'd.example', name: 'J' } }] }),
  R040: () =>
    post('COMPANY/batch/update', { inputs: [{ id: company, properties: { domain: 'n.example', name: 'J' } }] }),
  R041: () => post('CONTACT/batch/archive', { inputs: [{ id: '286101' }] }),
  R043: () => post('CONTACT/search', filter('email', 'laia.pons@acme.example')),
  R044: () => post('COMPANY/search', filter('domain', 'unknown.example')),
  R046: async () => {
    const list = await call('GET', '/crm/v3/schemas');
    return call('GET', `/crm/v3/schemas/${textAt(list.body, 'results', 0, 'objectTypeId')}`);
  },
  R052: () => post('contacts/batch/create', { inputs: [{ properties: { email: 'laia.pons@acme.example' } }] }),
  R053: () => post('contacts/batch/create', { inputs: [{ properties: { first000name: 'a', last000name: 'b' } }] }),
  R055: () =>
    post('contacts/batch/create', { inputs: [{ properties: { email: address(), firstname: 'L', lastname: 'S' } }] }),
  R056: () => post('contacts/batch/update', { inputs: [1, 2].map(() => ({ id: contact, properties: { city: 'x' } })) }),
  R058: () =>
    post('contacts/batch/update', {
      inputs: [contact, 'unknown'].map((id) => ({ id, properties: { firstname: 'x' } })),
    }),
  R059: () =>
    post('contacts/batch/update', { inputs: [{ id: contact, properties: { firstname: 'M', lastname: 'B' } }] }),
  R061: () =>
    call('POST', '/crm/v4/associations/contacts/contacts/batch/create', {
      inputs: ['unknown_id', contact].map((id) => ({ from: { id: contact }, to: { id }, types: hubspotDefined(449) })),
    }),
  R062: () => post('contacts/search', { limit: 1, properties: ['company', 'email', 'website'] }),
  R064: () =>
    call('POST', '/crm/v4/associations/contacts/companies/batch/read', { inputs: [{ id: contact }, { id: '5' }] }),
  R065: () => post('butterflies/search', {}),
  R067: () => call('GET', '/crm/v3/objects/contacts?limit=3'),
  R068: () => post('contacts/batch/read', { inputs: [{ id: contact }] }),
  R070: () => call('GET', '/account-info/v3/details'),
  R071: () =>
    call('POST', '/crm/v3/properties/contacts/groups', { name: 'integrationcreated', label: 'I', displayOrder: 9 }),
  R073: () =>
    call('POST', '/crm/v3/properties/contacts/batch/create', {
      inputs: ['hobby__c', 'email'].map((name) => ({
        name,
        label: 'H',
        type: 'string',
        fieldType: 'text',
        groupName: 'contactinformation',
      })),
    }),
  R074: () => post('contacts', { properties: { email: 'laia.pons@acme.example' } }),
  R076: () =>
    caller(sandbox, { token: sandbox.tokens.issue({ expiresInSeconds: 0 }).accessToken })(
      'GET',
      '/crm/v3/objects/contacts',
    ),
  R077: () => caller(sandbox, { token: 'unknown' })('GET', '/crm/v3/objects/contacts'),
  R082: () => call('PATCH', `/crm/v3/objects/contacts/${contact}`, { properties: {} }),
  R083: () => call('PUT', `/crm/v4/objects/contacts/${contact}/associations/company/${company}`),
  R085: () => post('contacts/batch/update', { inputs: [[]] }),
  R086: () => post('contacts/batch/update', { inputs: [1, 2].map(() => ({ id: contact, properties: { city: 'x' } })) }),
  R088: async () =>
    replyOf(
      await fetch(`${sandbox.url}/oauth/v1/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'refresh_token',
          client_id: 'sandbox-client',
          client_secret: 'sandbox-secret',
          refresh_token: 'x',
        }),
      }),
    ),
  R092: () => call('GET', `/crm/v4/objects/deals/${deal}/associations/companies`),
  R094: () => call('POST', '/crm/v4/associations/deals/companies/batch/read', { inputs: [{ id: deal }] }),
  R095: () => call('PUT', `/crm/v4/objects/deals/${deal}/associations/default/companies/${company}`),
};

/** Recordings whose answers name properties that the request does not. The sandbox must name each of them too. */
const NAMES_PROPERTIES = new Set([
  'R001',
  'R002',
  'R005',
  'R007',
  'R008',
  'R010',
  'R011',
  'R029',
  'R031',
  'R032',
  'R055',
  'R019',
  'R020',
  'R067',
  'R068',
]);

function propertiesOf(body: unknown): string[] {
  const properties = at(body, 'properties') ?? at(body, 'results', 0, 'properties');
  return typeof properties === 'object' && properties !== null ? Object.keys(properties) : [];
}

const compared = hubspotAnswers.filter((each) => each.id in requests);

test('each request above has its recording', () => {
  expect(compared.map((each) => each.id)).toEqual(Object.keys(requests));
});

test.each(compared.map((each) => [`${each.id} ${each.what}`, each] as const))(
  'the sandbox answers in the shape of %s',
  async (_name, each) => {
    const reply = await requests[each.id]?.();
    if (each.statusSeen) expect(reply?.status).toBe(each.status);
    expect(differences(each.body ?? undefined, reply?.body)).toEqual([]);
    if (NAMES_PROPERTIES.has(each.id)) {
      expect(propertiesOf(reply?.body)).toEqual(expect.arrayContaining(propertiesOf(each.body)));
    }
    if (each.headers !== null && each.status < 300) {
      expect(reply?.headers.has('x-hubspot-ratelimit-max')).toBe(each.headers.includes('x-hubspot-ratelimit-max'));
      expect(reply?.headers.has('x-hubspot-correlation-id')).toBe(true);
    }
  },
);
