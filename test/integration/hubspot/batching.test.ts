import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { Crm } from '../../../src/hubspot/crm';
import { HubSpotError } from '../../../src/hubspot/client/errors';
import type { CreateInput } from '../../../src/hubspot/objects';
import { NotSentError } from '../../../src/hubspot/client/portal';
import { startStack, type Stack } from '../../support/stack';

let stack: Stack;
let crm: Crm;
beforeAll(async () => {
  stack = await startStack();
  await stack.connect();
  crm = (await stack.product.gateway.connect(stack.workspaceId)).crm;
});
afterEach(() => {
  stack.sandbox.faults.clear();
  stack.sandbox.requests.clear();
});
afterAll(() => stack.close());

const note = (body: string, contactId?: string): CreateInput => ({
  properties: { hs_timestamp: '2026-11-03T09:00:00.000Z', hs_note_body: body },
  associations: contactId === undefined ? [] : [{ id: contactId, type: { category: 'HUBSPOT_DEFINED', typeId: 202 } }],
  traceId: body,
  recognise: (record) => record.properties['hs_note_body'] === body,
  sendBefore: Date.now() + 10_000,
});
const outcomeOf = async (work: Promise<unknown>) =>
  await work.then(
    () => 'done',
    (error: unknown) => (error instanceof HubSpotError ? error.failure.kind : String(error)),
  );

test('a hundred creates at once cost one call, and each caller gets its own record', async () => {
  const bodies = Array.from({ length: 100 }, (_, index) => `note ${index}`);
  const records = await Promise.all(bodies.map((body) => crm.objects('notes').create(note(body))));
  expect(records.map((record) => record.properties['hs_note_body'])).toEqual(bodies);
  expect(stack.sandbox.requests.list({ path: '/notes/batch/create' })).toHaveLength(1);
});

test('without trace ids, records that look alike are given to no caller, and the others are recognised', async () => {
  stack.sandbox.settings.traceIdsInCreates = false;
  try {
    const alike = (body: string): CreateInput => ({
      ...note(body),
      recognise: (record) => record.properties['hs_note_body']?.startsWith('alike') === true,
    });
    const work = [alike('alike 1'), note('apart'), alike('alike 2')].map((input) => crm.objects('notes').create(input));
    expect(await Promise.all(work.map(outcomeOf))).toEqual(['retry', 'done', 'retry']);
    expect((await work[1])?.properties['hs_note_body']).toBe('apart');
  } finally {
    stack.sandbox.settings.traceIdsInCreates = true;
  }
});

test('one refused input gets the error, and the other callers get their records', async () => {
  const work = [note('good 1'), note('bad', '999999'), note('good 2')].map((input) =>
    crm.objects('notes').create(input),
  );
  expect(await Promise.all(work.map(outcomeOf))).toEqual(['done', 'rejected', 'done']);
});

const refusal = { kind: 'status', status: 400, body: { message: 'no', category: 'VALIDATION_ERROR' } } as const;

test('one refused input of a batch read is found by halving, and the others are read', async () => {
  const contacts = Array.from({ length: 32 }, (_, index) =>
    stack.sandbox.crm.create('contacts', { email: `read-${index}@halves.example` }),
  );
  const poisoned = contacts[21]?.id ?? '';
  const pattern = '/(contacts|companies)/batch/read$';
  stack.sandbox.faults.add({ match: { pattern, body: `"${poisoned}"` }, action: refusal });
  const reads: ((id: string) => Promise<unknown>)[] = [
    (id) => crm.objects('contacts').read(id),
    (id) => crm.associations('contacts', 'companies').of(id),
    (id) => crm.recordState('contacts', id),
  ];
  for (const read of reads) {
    stack.sandbox.requests.clear();
    // oxlint-disable-next-line no-await-in-loop -- counts the calls of each
    const outcomes = await Promise.all(contacts.map(({ id }) => outcomeOf(read(id))));
    expect(outcomes).toEqual(contacts.map(({ id }) => (id === poisoned ? 'rejected' : 'done')));
    expect(stack.sandbox.requests.list({ path: '/batch/read' }).length).toBeLessThanOrEqual(11);
  }
});

test('one refused address of a batch read fails alone', async () => {
  const emails = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `${name}@poison.example`);
  for (const email of emails) stack.sandbox.crm.create('contacts', { email });
  stack.sandbox.faults.add({ match: { path: '/contacts/batch/read', body: 'c@poison' }, action: refusal });
  expect(await Promise.all(emails.map((email) => outcomeOf(crm.contacts.byPrimary(email))))).toEqual([
    'done',
    'done',
    'rejected',
    'done',
    'done',
    'done',
  ]);
});

test('a batch read that HubSpot refuses entirely is given up before every input was sent alone', async () => {
  stack.sandbox.faults.add({ match: { path: '/contacts/batch/read' }, action: refusal });
  const ids = Array.from({ length: 100 }, (_, index) => String(500_000 + index));
  const outcomes = await Promise.all(ids.map((id) => outcomeOf(crm.objects('contacts').read(id))));
  expect(new Set(outcomes)).toEqual(new Set(['rejected']));
  expect(stack.sandbox.requests.list({ path: '/batch/read' }).length).toBeLessThan(60);
});

test('an update that the answer omits is repeated alone, and a 404 means gone', async () => {
  const [there, other] = ['one', 'two'].map((body) =>
    stack.sandbox.crm.create('notes', { hs_timestamp: '2026-11-03T09:00:00.000Z', hs_note_body: body }),
  );
  stack.sandbox.crm.archive('notes', other?.id ?? '');
  stack.sandbox.faults.add({ match: { path: '/notes/batch/update' }, action: { kind: 'empty-200' } });
  const updates = [there, other].map((written) =>
    crm.objects('notes').update({ id: written?.id ?? '', properties: { hs_note_body: 'new' } }),
  );
  expect(await Promise.all(updates)).toMatchObject([{ id: there?.id }, 'gone']);
  expect(stack.sandbox.crm.get('notes', there?.id ?? '')?.properties['hs_note_body']).toBe('new');
});

test('a record that an association read omits is read alone', async () => {
  const contact = stack.sandbox.crm.create('contacts', { email: 'left-out@x.example' });
  const company = stack.sandbox.crm.create('companies', { name: 'X' });
  stack.sandbox.crm.associate('contacts', contact.id, 'companies', company.id);
  stack.sandbox.faults.add({ match: { path: '/batch/read' }, action: { kind: 'empty-200' } });
  expect(await crm.associations('contacts', 'companies').of(contact.id)).toEqual([company.id]);
});

test('addresses and activities that a batch read omits are looked up in another way', async () => {
  const contact = stack.sandbox.crm.create('contacts', { email: 'left-out-address@x.example' });
  const [there, gone] = ['there', 'gone'].map((body) =>
    stack.sandbox.crm.create('notes', { hs_timestamp: '2026-11-03T09:00:00.000Z', hs_note_body: body }),
  );
  stack.sandbox.crm.archive('notes', gone?.id ?? '');
  stack.sandbox.faults.add({ match: { path: '/batch/read' }, action: { kind: 'empty-200' } });
  expect(await crm.contacts.byPrimary('left-out-address@x.example')).toBeNull();
  expect((await crm.contacts.bySearch('left-out-address@x.example', {}))?.id).toBe(contact.id);
  expect(await Promise.all([there, gone].map((written) => crm.exists('notes', written?.id ?? '')))).toEqual([
    'there',
    'gone',
  ]);
});

test('a batch that is refused as a whole is sent again in halves', async () => {
  stack.sandbox.faults.add({
    match: { path: '/notes/batch/create' },
    times: 1,
    action: { kind: 'status', status: 400, body: { message: 'no' } },
  });
  const work = [note('whole 1'), note('whole 2')].map((input) => crm.objects('notes').create(input));
  expect(await Promise.all(work.map(outcomeOf))).toEqual(['done', 'done']);
});

test('a create whose time has passed is not sent', async () => {
  const late = { ...note('late'), sendBefore: Date.now() - 1 };
  expect(await outcomeOf(crm.objects('notes').create(late))).toBe('retry');
  expect(stack.sandbox.requests.list({ path: '/notes/batch/create' })).toEqual([]);
});

test('a create that a token refresh delays for too long is not sent', async () => {
  stack.sandbox.tokens.expire(stack.portalId);
  stack.sandbox.faults.add({ match: { path: '/oauth/' }, times: 1, action: { kind: 'delay', ms: 900 } });
  const late = { ...note('delayed'), sendBefore: Date.now() + 600 };
  await expect(crm.objects('notes').create(late)).rejects.toThrow(NotSentError);
  expect(stack.sandbox.crm.list('notes').filter(({ properties }) => properties['hs_note_body'] === 'delayed')).toEqual(
    [],
  );
});

test('an empty success fails reads, creates, updates and associations', async () => {
  const contact = stack.sandbox.crm.create('contacts', { email: 'empty@x.example' });
  stack.sandbox.faults.add({ match: {}, action: { kind: 'empty-200' } });
  const work = [
    crm.contacts.bySearch('empty@x.example', {}),
    crm.objects('notes').create(note('empty')),
    crm.objects('notes').update({ id: contact.id, properties: { hs_note_body: 'x' } }),
    crm.associations('notes', 'contacts').associate({ fromId: '1', toId: contact.id }),
  ];
  expect(await Promise.all(work.map(outcomeOf))).toEqual(Array.from({ length: 4 }, () => 'retry'));
});

test('a record that is read or updated twice at once is sent once', async () => {
  const { id } = stack.sandbox.crm.create('notes', { hs_timestamp: '2026-11-03T09:00:00.000Z', hs_note_body: 'old' });
  expect(await Promise.all([crm.objects('notes').read(id), crm.objects('notes').read(id)])).toMatchObject([
    { id },
    { id },
  ]);
  const updates = ['first', 'last'].map((body) =>
    crm.objects('notes').update({ id, properties: { hs_note_body: body } }),
  );
  expect(await Promise.all(updates)).toMatchObject([{ id }, { id }]);
  expect(stack.sandbox.crm.get('notes', id)?.properties['hs_note_body']).toBe('last');
});

test('a record that is gone reads as null and updates as gone', async () => {
  const { id } = stack.sandbox.crm.create('notes', { hs_timestamp: '2026-11-03T09:00:00.000Z' });
  stack.sandbox.crm.archive('notes', id);
  expect(await crm.objects('notes').read(id)).toBeNull();
  expect(await crm.objects('notes').update({ id, properties: { hs_note_body: 'x' } })).toBe('gone');
});
