import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { Crm } from '../../../src/hubspot/crm';
import { HubSpotError } from '../../../src/hubspot/errors';
import type { CreateInput } from '../../../src/hubspot/objects';
import { NotSentError } from '../../../src/hubspot/portal';
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
    (error: unknown) => (error instanceof HubSpotError ? error.decision.do : String(error)),
  );

test('a hundred creates at once cost one call, and each caller gets its own record', async () => {
  const bodies = Array.from({ length: 100 }, (_, index) => `note ${index}`);
  const records = await Promise.all(bodies.map((body) => crm.objects('notes').create(note(body))));
  expect(records.map((record) => record.properties['hs_note_body'])).toEqual(bodies);
  expect(stack.sandbox.requests.list({ path: '/notes/batch/create' })).toHaveLength(1);
});

test('one input that cannot be made gets the error, its neighbours their record', async () => {
  const work = [note('good 1'), note('bad', '999999'), note('good 2')].map((input) =>
    crm.objects('notes').create(input),
  );
  expect(await Promise.all(work.map(outcomeOf))).toEqual(['done', 'refused', 'done']);
});

test('a batch that is refused whole is sent again one by one', async () => {
  stack.sandbox.faults.add({
    match: { path: '/notes/batch/create' },
    times: 1,
    action: { kind: 'status', status: 400, body: { message: 'no' } },
  });
  const work = [note('whole 1'), note('whole 2')].map((input) => crm.objects('notes').create(input));
  expect(await Promise.all(work.map(outcomeOf))).toEqual(['done', 'done']);
});

test('a create whose time has passed does not leave', async () => {
  const late = { ...note('late'), sendBefore: Date.now() - 1 };
  expect(await outcomeOf(crm.objects('notes').create(late))).toBe('retry');
  expect(stack.sandbox.requests.list({ path: '/notes/batch/create' })).toEqual([]);
});

test('a create that a token refresh held up for too long does not leave any more', async () => {
  stack.sandbox.tokens.expire(stack.portalId);
  stack.sandbox.faults.add({ match: { path: '/oauth/' }, times: 1, action: { kind: 'delay', ms: 900 } });
  const held = { ...note('held up'), sendBefore: Date.now() + 600 };
  await expect(crm.objects('notes').create(held)).rejects.toThrow(NotSentError);
  expect(stack.sandbox.crm.list('notes').filter(({ properties }) => properties['hs_note_body'] === 'held up')).toEqual(
    [],
  );
});

test('an empty success is none: reads, creates, updates and associations fail', async () => {
  const contact = stack.sandbox.crm.create('contacts', { email: 'empty@x.example' });
  stack.sandbox.faults.add({ match: { method: 'POST' }, action: { kind: 'empty-200' } });
  const work = [
    crm.contacts.byPrimary('empty@x.example'),
    crm.contacts.bySearch('empty@x.example', {}),
    crm.objects('notes').create(note('empty')),
    crm.objects('notes').update({ id: contact.id, properties: { hs_note_body: 'x' } }),
    crm.associations('contacts', 'companies').of(contact.id),
    crm.associations('notes', 'contacts').associate({ fromId: '1', toId: contact.id }),
  ];
  expect(await Promise.all(work.map(outcomeOf))).toEqual(Array.from({ length: 6 }, () => 'retry'));
});

test('the same record asked for twice, and twice updated, is sent once', async () => {
  const { id } = stack.sandbox.crm.create('notes', { hs_timestamp: '2026-11-03T09:00:00.000Z', hs_note_body: 'old' });
  expect(await Promise.all([crm.objects('notes').read(id), crm.objects('notes').read(id)])).toMatchObject([
    { id },
    { id },
  ]);
  const updates = ['first', 'last'].map((body) =>
    crm.objects('notes').update({ id, properties: { hs_note_body: body } }),
  );
  expect(await Promise.all(updates)).toEqual(['updated', 'updated']);
  expect(stack.sandbox.crm.get('notes', id)?.properties['hs_note_body']).toBe('last');
});

test('a record that is gone reads as null and updates as gone', async () => {
  const { id } = stack.sandbox.crm.create('notes', { hs_timestamp: '2026-11-03T09:00:00.000Z' });
  stack.sandbox.crm.archive('notes', id);
  expect(await crm.objects('notes').read(id)).toBeNull();
  expect(await crm.objects('notes').update({ id, properties: { hs_note_body: 'x' } })).toBe('gone');
});
