import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startSandbox } from '../../../sandbox/sandbox';
import type { Sandbox } from '../../../sandbox/sandbox';
import { at, caller, contactId, hubspotDefined, listAt, textAt } from './client';
import type { Caller } from './client';

const V = '/crm/objects/2026-03';
let sandbox: Sandbox;
let call: Caller;

beforeAll(async () => {
  sandbox = await startSandbox({ searchLagMs: 0, limits: { tenSecondly: null, associationsTenSecondly: null } });
  call = caller(sandbox);
});
afterAll(() => sandbox.close());

test('a meeting keeps only safe tags, drops unknown properties silently and is on the timeline', async () => {
  const marc = contactId(sandbox, 'marc.serra@acme.example');
  const made = await call('POST', `${V}/meetings`, {
    properties: {
      hs_timestamp: '2026-11-03T10:00:00+01:00',
      hs_meeting_title: 'Acme <> Northwind',
      hs_meeting_body:
        '<h2>Head</h2><!-- marker --><p class="x">a <strong>b</strong><script>c()</script> <a href="javascript:x()">d</a> <a href="https://e.example/?q=1&amp;r=2">e</a></p>',
      hs_not_a_property: 'x',
      hs_object_id: '5',
    },
    associations: [{ to: { id: marc }, types: hubspotDefined(200) }],
  });
  expect(made.status).toBe(201);
  expect(at(made.body, 'properties', 'hs_meeting_body')).toBe(
    'Head<p>a <strong>b</strong> <a>d</a> <a href="https://e.example/?q=1&amp;r=2">e</a></p>',
  );
  expect(at(made.body, 'properties', 'hs_timestamp')).toBe('2026-11-03T09:00:00Z');
  expect(at(made.body, 'properties')).not.toHaveProperty('hs_not_a_property');
  expect(made.body).not.toHaveProperty('associations');
  const id = textAt(made.body, 'id');
  expect(sandbox.crm.timeline('contacts', marc)[0]).toMatchObject({
    id,
    objectType: 'meetings',
    associations: [{ objectType: 'contacts', id: marc }],
  });
  const page = await fetch(textAt(made.body, 'url'));
  expect(await page.text()).toContain('Acme &lt;&gt; Northwind');
});

test('an activity without hs_timestamp, an over-long body and an archived owner are refused', async () => {
  const bare = await call('POST', `${V}/notes`, { properties: { hs_note_body: 'x' } });
  expect([bare.status, at(bare.body, 'context', 'properties')]).toEqual([400, ['hs_timestamp']]);
  const time = { hs_timestamp: '2026-11-03T09:00:00Z' };
  const long = await call('POST', `${V}/notes`, { properties: { ...time, hs_note_body: 'x'.repeat(65_537) } });
  expect(at(long.body, 'errors', 0, 'code')).toBe('PROPERTY_VALUE_TOO_LONG');
  const archived = sandbox.portals.owners(4815162).find((owner) => owner.archived);
  const owned = await call('POST', `${V}/notes`, { properties: { ...time, hubspot_owner_id: archived?.id } });
  expect(owned.status).toBe(400);
});

test('a create with an association to a record that does not exist creates nothing', async () => {
  const before = sandbox.crm.list('notes').length;
  const gone = sandbox.crm.create('contacts', { email: 'gone@x.example' });
  sandbox.crm.archive('contacts', gone.id);
  for (const id of ['123', gone.id, 'abc']) {
    const made = await call('POST', `${V}/notes`, {
      properties: { hs_timestamp: '2026-11-03T09:00:00Z', hs_note_body: 'x' },
      associations: [{ to: { id }, types: hubspotDefined(202) }],
    });
    expect([made.status, at(made.body, 'category')]).toEqual([400, 'VALIDATION_ERROR']);
  }
  const wrongType = await call('POST', `${V}/notes`, {
    properties: { hs_timestamp: '2026-11-03T09:00:00Z' },
    associations: [{ to: { id: contactId(sandbox, 'marc.serra@acme.example') }, types: hubspotDefined(200) }],
  });
  expect(at(wrongType.body, 'context', 'associationSpec')).toEqual(['HUBSPOT_DEFINED=200']);
  expect(sandbox.crm.list('notes')).toHaveLength(before);
});

test('records refuse unknown and read-only properties, bad values and taken addresses', async () => {
  const id = contactId(sandbox, 'laia.pons@acme.example');
  const wrong = await call('PATCH', `${V}/contacts/${id}`, {
    properties: { nope: '1', hs_object_id: '2', lifecyclestage: 'king', email: 'not an address' },
  });
  expect(wrong.status).toBe(400);
  expect(listAt(wrong.body, 'errors').map((error) => at(error, 'code'))).toEqual([
    'PROPERTY_DOESNT_EXIST',
    'READ_ONLY_VALUE',
    'INVALID_OPTION',
    'INVALID_EMAIL',
  ]);
  expect(textAt(wrong.body, 'message')).toContain('Property values were not valid: [{"isValid":false');
  const empty = await call('PATCH', `${V}/contacts/${id}`, { properties: {} });
  expect(textAt(empty.body, 'message')).toContain('No properties found to update');
  // A secondary address is taken too.
  const marc = contactId(sandbox, 'marc.serra@acme.example');
  const taken = await call('POST', `${V}/contacts`, { properties: { email: 'M.Serra@acme-labs.example' } });
  expect([taken.status, at(taken.body, 'message')]).toEqual([409, `Contact already exists. Existing ID: ${marc}`]);
});

test('reads: null for a value never set, empty for a cleared one; GET ignores case and finds secondary addresses, batches do not', async () => {
  const marc = contactId(sandbox, 'marc.serra@acme.example');
  const id = textAt(
    (await call('POST', `${V}/contacts`, { properties: { email: 'N@x.example', phone: '1' } })).body,
    'id',
  );
  await call('PATCH', `${V}/contacts/${id}`, { properties: { phone: '' } });
  const read = await call('GET', `${V}/contacts/${id}?properties=phone,mobilephone,unknown_one`);
  expect(at(read.body, 'properties')).toMatchObject({ phone: '', mobilephone: null });
  expect(at(read.body, 'properties')).not.toHaveProperty('unknown_one');
  const bySecondary = await call('GET', `${V}/contacts/M.SERRA%40acme-labs.example?idProperty=email`);
  expect(at(bySecondary.body, 'id')).toBe(marc);
  const batch = await call('POST', `${V}/contacts/batch/read`, {
    idProperty: 'email',
    properties: ['email'],
    inputs: [{ id: 'MARC.serra@acme.example' }, { id: 'm.serra@acme-labs.example' }],
  });
  expect(batch.status).toBe(207);
  expect(listAt(batch.body, 'results')).toHaveLength(1);
  expect(at(batch.body, 'errors', 0, 'context', 'ids')).toEqual(['m.serra@acme-labs.example']);
});

test('batch create is all or nothing without trace ids, partial with them', async () => {
  const inputs = [{ properties: { email: 'b1@x.example' } }, { properties: { email: 'marc.serra@acme.example' } }];
  const whole = await call('POST', `${V}/contacts/batch/create`, { inputs });
  expect(whole.status).toBe(409);
  expect(sandbox.crm.list('contacts').some((contact) => contact.properties['email'] === 'b1@x.example')).toBe(false);
  const traced = inputs.map((input, index) => ({ ...input, objectWriteTraceId: `t${index}` }));
  const partial = await call('POST', `${V}/contacts/batch/create`, { inputs: traced });
  expect(partial.status).toBe(207);
  expect(at(partial.body, 'results', 0, 'objectWriteTraceId')).toBe('t0');
  expect(at(partial.body, 'errors', 0, 'context')).toEqual({
    existingId: [contactId(sandbox, 'marc.serra@acme.example')],
    objectWriteTraceId: ['t1'],
  });
});

test('batches answer in another order, and refuse duplicates and more than 100 inputs', async () => {
  const ids = sandbox.crm
    .list('companies')
    .slice(0, 5)
    .map((company) => company.id);
  const read = await call('POST', `${V}/companies/batch/read`, { inputs: ids.map((id) => ({ id })) });
  const answered = listAt(read.body, 'results').map((result) => at(result, 'id'));
  expect(answered).not.toEqual(ids);
  expect(new Set(answered)).toEqual(new Set(ids));
  const doubled = await call('POST', `${V}/companies/batch/update`, {
    inputs: [1, 2].map(() => ({ id: ids[0], properties: { city: 'Rome' } })),
  });
  expect(textAt(doubled.body, 'message')).toContain('Duplicate IDs found in batch input');
  const many = Array.from({ length: 101 }, (_, index) => ({ id: String(index + 1) }));
  expect((await call('POST', `${V}/companies/batch/read`, { inputs: many })).status).toBe(400);
});

test('a merge gives a new id, moves associations, and old ids behave as HubSpot documents', async () => {
  const [left, right] = [
    sandbox.crm.create('contacts', { email: 'left@m.example', firstname: 'L' }),
    sandbox.crm.create('contacts', { email: 'right@m.example', lastname: 'R' }),
  ];
  const company = sandbox.crm.create('companies', { name: 'M' });
  sandbox.crm.associate('contacts', right.id, 'companies', company.id);
  const merged = await call('POST', `${V}/contacts/merge`, { primaryObjectId: left.id, objectIdToMerge: right.id });
  const id = textAt(merged.body, 'id');
  expect([left.id, right.id]).not.toContain(id);
  const old = await call(
    'GET',
    `${V}/contacts/${right.id}?properties=firstname,lastname,hs_additional_emails,hs_merged_object_ids`,
  );
  expect(old.body).toMatchObject({
    id,
    properties: {
      firstname: 'L',
      lastname: 'R',
      hs_additional_emails: 'right@m.example',
      hs_merged_object_ids: `${left.id};${right.id}`,
    },
  });
  expect(sandbox.crm.associations('contacts', id, 'companies')).toMatchObject([{ id: company.id }]);
  const update = await call('POST', `${V}/contacts/batch/update`, {
    inputs: [{ id: left.id, properties: { city: 'X' } }],
  });
  expect([update.status, at(update.body, 'results')]).toEqual([200, []]);
  const read = await call('POST', `${V}/contacts/batch/read`, { inputs: [{ id: left.id }] });
  expect([read.status, at(read.body, 'errors', 0, 'category')]).toEqual([207, 'OBJECT_NOT_FOUND']);
});

test('an archived record is found only with archived=true, and its address can be used again', async () => {
  const id = textAt((await call('POST', `${V}/contacts`, { properties: { email: 'arch@x.example' } })).body, 'id');
  const gone = await call('DELETE', `${V}/contacts/${id}`);
  expect([gone.status, gone.text]).toEqual([204, '']);
  expect((await call('GET', `${V}/contacts/${id}`)).status).toBe(404);
  expect(at((await call('GET', `${V}/contacts/${id}?archived=true`)).body, 'archived')).toBe(true);
  expect((await call('POST', `${V}/contacts`, { properties: { email: 'arch@x.example' } })).status).toBe(201);
});

test('events come after the commit, and never for a rolled-back change', async () => {
  const seen: string[] = [];
  const off = sandbox.events.on((event) => seen.push(event.kind === 'changed' ? event.property : event.kind));
  await call('POST', `${V}/companies/batch/create`, {
    inputs: [{ properties: { name: 'E' } }, { properties: { nope: 'E' } }],
  });
  expect(seen).toEqual([]);
  const made = await call('POST', `${V}/companies`, { properties: { name: 'E' } });
  await call('PATCH', `${V}/companies/${textAt(made.body, 'id')}`, { properties: { name: 'F' } });
  off();
  expect(seen).toEqual(['created', 'name', 'hs_task_label']);
});

test('paths, types and methods that HubSpot does not have', async () => {
  const unknownType = await call('GET', `${V}/butterflies`);
  expect([unknownType.status, at(unknownType.body, 'message')]).toEqual([
    400,
    'Unable to infer object type from: butterflies',
  ]);
  const unknownPath = await call('GET', '/crm/objects/2027-03/contacts');
  expect([unknownPath.status, unknownPath.headers.get('content-type')]).toEqual([404, 'text/html;charset=iso-8859-1']);
  expect((await call('DELETE', `${V}/contacts`)).status).toBe(405);
  const noBody = await call('POST', `${V}/contacts`);
  expect(textAt(noBody.body, 'message')).toBe('Invalid JSON input: a request body was expected, but none found');
});
