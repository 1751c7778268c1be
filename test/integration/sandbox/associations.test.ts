import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { startSandbox } from '../../../sandbox/sandbox';
import type { Sandbox } from '../../../sandbox/sandbox';
import { at, caller, companyId, contactId, hubspotDefined, listAt, textAt } from './client';
import type { Caller } from './client';

const V = '/crm/associations/2026-03';
let sandbox: Sandbox;
let call: Caller;

beforeAll(async () => {
  sandbox = await startSandbox({ searchLagMs: 0, limits: { tenSecondly: null, associationsTenSecondly: null } });
  call = caller(sandbox);
});
afterEach(() => {
  sandbox.settings.associationPageSize = 500;
  sandbox.settings.staleAssociations = false;
  sandbox.settings.associationLimits = {};
});
afterAll(() => sandbox.close());

async function associated(from: string, id: string, to: string): Promise<unknown[]> {
  const found: unknown[] = [];
  let after: unknown;
  do {
    const reply = await call('POST', `${V}/${from}/${to}/batch/read`, {
      inputs: [{ id, ...(after === undefined ? {} : { after }) }],
    });
    if (listAt(reply.body, 'results').length === 0) break;
    found.push(...listAt(reply.body, 'results', 0, 'to').map((entry) => at(entry, 'toObjectId')));
    after = at(reply.body, 'results', 0, 'paging', 'next', 'after');
  } while (after !== undefined);
  return found;
}

test('a batch read has pages, ids as numbers, and an error entry for a record without associations', async () => {
  sandbox.settings.associationPageSize = 2;
  const company = sandbox.crm.create('companies', { name: 'Paged' });
  const contacts = [1, 2, 3, 4, 5].map((number) =>
    sandbox.crm.create('contacts', { email: `p${number}@paged.example` }),
  );
  for (const contact of contacts) sandbox.crm.associate('contacts', contact.id, 'companies', company.id);
  const first = await call('POST', `${V}/companies/contacts/batch/read`, {
    inputs: [{ id: company.id }, { id: '77' }],
  });
  expect(first.status).toBe(207);
  expect(listAt(first.body, 'results', 0, 'to')).toHaveLength(2);
  expect(at(first.body, 'errors', 0)).toEqual({
    status: 'error',
    category: 'OBJECT_NOT_FOUND',
    subCategory: 'crm.associations.NO_ASSOCIATIONS_FOUND',
    message: 'No contact is associated with company 77.',
    context: { fromObjectId: ['77'], fromObjectType: ['company'], toObjectType: ['contact'] },
  });
  expect(await associated('companies', company.id, 'contacts')).toEqual(contacts.map((contact) => Number(contact.id)));
});

test('a label adds the unlabelled type, PUT replaces labels, and removing the unlabelled type removes all', async () => {
  const contact = sandbox.crm.create('contacts', { email: 'label@x.example' });
  const company = sandbox.crm.create('companies', { name: 'Labelled' });
  const path = `/crm/objects/2026-03/contacts/${contact.id}/associations/companies/${company.id}`;
  const put = await call('PUT', path, hubspotDefined(1));
  expect(put.status).toBe(201);
  expect(put.body).toEqual({
    fromObjectTypeId: '0-1',
    fromObjectId: Number(contact.id),
    toObjectTypeId: '0-2',
    toObjectId: Number(company.id),
    labels: ['Primary'],
  });
  const types = () =>
    sandbox.crm
      .associations('contacts', contact.id, 'companies')
      .flatMap((each) => each.types.map((type) => type.typeId));
  expect(types()).toEqual([1, 279]);
  await call('PUT', path, hubspotDefined(279));
  expect(types()).toEqual([279]);
  await call('PUT', path, hubspotDefined(1));
  const removed = await call('POST', `${V}/contacts/companies/batch/labels/archive`, {
    inputs: [{ from: { id: contact.id }, to: { id: company.id }, types: hubspotDefined(279) }],
  });
  expect(removed.status).toBe(200);
  expect(types()).toEqual([]);
});

test('a contact has one primary company', () => {
  const contact = sandbox.crm.create('contacts', { email: 'primary@x.example' });
  const [first, second] = [
    sandbox.crm.create('companies', { name: '1' }),
    sandbox.crm.create('companies', { name: '2' }),
  ];
  sandbox.crm.associate('contacts', contact.id, 'companies', first.id, { types: hubspotDefined(1) });
  sandbox.crm.associate('contacts', contact.id, 'companies', second.id, { types: hubspotDefined(1) });
  const labels = sandbox.crm
    .associations('contacts', contact.id, 'companies')
    .map((each) => each.types.map((type) => type.label));
  expect(labels).toEqual([[null], ['Primary', null]]);
});

test('batch create associates what it can and names the errors, and repeating it changes nothing', async () => {
  const contact = contactId(sandbox, 'marc.serra@acme.example');
  const note = sandbox.crm.create('notes', { hs_timestamp: '2026-11-01T00:00:00Z' });
  const inputs = [contact, '123', 'x'].map((id) => ({ from: { id: note.id }, to: { id }, types: hubspotDefined(202) }));
  for (const _ of [1, 2]) {
    const reply = await call('POST', `${V}/notes/contacts/batch/create`, { inputs });
    expect(reply.status).toBe(207);
    expect(listAt(reply.body, 'results')).toHaveLength(1);
    expect(listAt(reply.body, 'errors').map((error) => at(error, 'subCategory'))).toEqual([
      undefined,
      'crm.associations.INVALID_IDENTIFIER',
    ]);
  }
  expect(sandbox.crm.associations('notes', note.id, 'contacts')).toHaveLength(1);
  const both = await call('POST', `${V}/notes/contacts/batch/associate/default`, {
    inputs: [{ from: { id: note.id }, to: { id: contact } }],
  });
  expect(both.status).toBe(200);
  expect(
    new Set(listAt(both.body, 'results').map((result) => at(result, 'associationSpec', 'associationTypeId'))),
  ).toEqual(new Set([201, 202]));
});

test('association reads omit archived records, unless the settings say otherwise', async () => {
  const company = companyId(sandbox, 'Acme');
  const contact = sandbox.crm.create('contacts', { email: 'leaver@acme.example' });
  sandbox.crm.associate('contacts', contact.id, 'companies', company);
  sandbox.crm.archive('contacts', contact.id);
  expect(await associated('companies', company, 'contacts')).not.toContain(Number(contact.id));
  sandbox.settings.staleAssociations = true;
  expect(await associated('companies', company, 'contacts')).toContain(Number(contact.id));
  sandbox.settings.staleAssociations = false;
  sandbox.crm.restore('contacts', contact.id);
  expect(await associated('companies', company, 'contacts')).toContain(Number(contact.id));
});

test("an admin's limit refuses a create with one association too many", async () => {
  sandbox.settings.associationLimits = { 'deals>notes': 1 };
  const deal = sandbox.crm.create('deals', { dealname: 'Limited' });
  const note = () =>
    call('POST', '/crm/objects/2026-03/notes', {
      properties: { hs_timestamp: '2026-11-01T00:00:00Z' },
      associations: [{ to: { id: deal.id }, types: hubspotDefined(214) }],
    });
  expect((await note()).status).toBe(201);
  const refused = await note();
  expect([refused.status, at(refused.body, 'category'), at(refused.body, 'context', 'fromObjectId')]).toEqual([
    400,
    'VALIDATION_ERROR',
    [deal.id],
  ]);
  expect(sandbox.crm.associations('deals', deal.id, 'notes')).toHaveLength(1);
});

test('custom objects: types by number and full name, labels first, activities associable from the start', async () => {
  const schemas = await call('GET', '/crm-object-schemas/2026-03/schemas');
  const typeId = textAt(schemas.body, 'results', 0, 'objectTypeId');
  expect(textAt(schemas.body, 'results', 0, 'fullyQualifiedName')).toBe('p4815162_onboarding_project');
  const labels = await call('GET', `${V}/${typeId}/contacts/labels`);
  expect(at(labels.body, 'results', 0, 'label')).toBe('Project lead');
  const toMeeting = await call('GET', `${V}/meetings/p4815162_onboarding_project/labels`);
  const spec = at(toMeeting.body, 'results', 0);
  expect(spec).toMatchObject({ category: 'USER_DEFINED', label: null });
  const project = sandbox.crm.list(typeId)[0];
  const made = await call('POST', '/crm/objects/2026-03/meetings', {
    properties: { hs_timestamp: '2026-11-01T00:00:00Z' },
    associations: [
      {
        to: { id: project?.id },
        types: [{ associationCategory: 'USER_DEFINED', associationTypeId: at(spec, 'typeId') }],
      },
    ],
  });
  expect(made.status).toBe(201);
  expect(sandbox.crm.timeline(typeId, project?.id ?? '')).toHaveLength(1);
  expect((await call('GET', '/crm/objects/2026-03/onboarding_project')).status).toBe(400);
});

test('v4 answers 204 where the dated version answers 200; v3 shows the primary company only', async () => {
  const contact = contactId(sandbox, 'cian@kestrel-partners.example');
  const all = await call('GET', `/crm/v4/objects/contacts/${contact}/associations/companies`);
  expect(listAt(all.body, 'results')).toHaveLength(2);
  const v3 = await call('GET', `/crm/v3/objects/contacts/${contact}?associations=companies`);
  expect(at(v3.body, 'associations', 'companies', 'results')).toEqual([
    { id: companyId(sandbox, 'Kestrel Partners'), type: 'contact_to_company' },
  ]);
  const body = { inputs: [{ from: { id: contact }, to: [{ id: companyId(sandbox, 'Fjord Analytics') }] }] };
  expect((await call('POST', '/crm/v4/associations/contacts/companies/batch/archive', body)).status).toBe(204);
  expect((await call('POST', `${V}/contacts/companies/batch/archive`, body)).status).toBe(200);
});
