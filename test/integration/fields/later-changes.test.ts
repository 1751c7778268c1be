import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { FieldMapping } from '../../../src/meeting/fields/mapping';
import type { ProcessedMeetingInput } from '../../../src/meeting/intake/schema';
import { requestDeletion } from '../../../src/store/meetings/delete-meeting';
import { changeSettings } from '../../../src/store/settings/settings';
import { meeting } from '../../support/meetings';
import { startStack, type Stack } from '../../support/stack';
import { TEST_ACTOR } from '../../support/actors';

let stack: Stack;
let person = 0;
beforeAll(async () => {
  stack = await startStack({});
  await stack.connect();
});
beforeEach(async () => {
  person += 1;
  stack.sandbox.faults.clear();
  await map([]);
});
afterAll(() => stack.close());

const map = (fieldMappings: FieldMapping[]) =>
  changeSettings(stack.product.db, stack.workspaceId, { fieldMappings }, TEST_ACTOR);
const to = (property: string, policy: FieldMapping['policy'] = 'ours'): FieldMapping => ({
  field: 'next_step',
  objectType: 'contacts',
  property,
  policy,
});
const address = (name = 'p') => `${name}${person}@acme.example`;
const contact = (name?: string, values: Record<string, string> = {}) =>
  stack.sandbox.crm.create('contacts', { email: address(name), ...values }).id;
const valueOf = (id: string, property: string) => stack.sandbox.crm.get('contacts', id)?.properties[property];
const ofDay = (name: string, day: number, email = address()): ProcessedMeetingInput =>
  meeting({
    meetingId: `${name}-${person}`,
    startedAt: `2026-11-0${day}T10:00:00Z`,
    endedAt: `2026-11-0${day}T11:00:00Z`,
    participants: [{ email, name: 'Marc Serra' }],
    summary: { topics: [], nextSteps: [{ text: `Step of ${name}` }] },
  });
const statesOf = async (name: string) =>
  (await stack.status(`${name}-${person}`)).fields.map(({ property, state }) => `${property} ${state}`);

test.each(['ours', 'if_empty'] as const)(
  'a new mapping (%s) writes the value of the newest past meeting',
  async (policy) => {
    const id = contact();
    for (const [name, day] of [
      ['old', 3],
      ['new', 5],
      ['mid', 4],
    ] as const)
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await stack.sync(ofDay(name, day));
    await map([to('jobtitle', policy)]);
    await stack.apply();
    expect(valueOf(id, 'jobtitle')).toBe('Step of new');
    expect([await statesOf('old'), await statesOf('mid'), await statesOf('new')]).toEqual([
      ['jobtitle older'],
      ['jobtitle older'],
      ['jobtitle written'],
    ]);
  },
);

test('a change of the policy alone requests no pass', async () => {
  contact();
  await map([to('jobtitle')]);
  await stack.sync(ofDay('m', 3));
  await map([to('jobtitle', 'always')]);
  const due = await stack.product.db
    .selectFrom('meetings')
    .select('meeting_id')
    .where('sync_requested_at', 'is not', null)
    .where('meeting_id', '=', `m-${person}`)
    .execute();
  expect(due).toEqual([]);
});

test('what a removed mapping wrote stays in HubSpot, and leaves the status document', async () => {
  const id = contact();
  await map([to('jobtitle'), to('city')]);
  await stack.sync(ofDay('m', 3));
  expect(await statesOf('m')).toEqual(['city written', 'jobtitle written']);
  await map([to('city')]);
  expect(await statesOf('m')).toEqual(['city written']);
  await map([]);
  expect(await statesOf('m')).toEqual([]);
  expect(valueOf(id, 'jobtitle')).toBe('Step of m');
  await requestDeletion(stack.product.db, stack.workspaceId, `m-${person}`);
  await stack.starter.start(stack.workspaceId, `m-${person}`);
  await stack.until(`m-${person}`, 'deleted');
  expect([valueOf(id, 'jobtitle'), valueOf(id, 'city')]).toEqual(['', '']);
});

test.each([
  ['HubSpot reports', true, 200],
  ['no event reported', false, 200],
  ['HubSpot reports, and whose old ids it no longer answers', true, 404],
])('after a merge that %s, the values are still ours', async (_what, isReported, status) => {
  await map([to('jobtitle', 'always')]);
  const primary = contact('p', { jobtitle: 'Director' });
  const other = contact('q');
  await stack.sync(ofDay('one', 3));
  await stack.sync(ofDay('two', 2, address('q')));
  expect([valueOf(primary, 'jobtitle'), valueOf(other, 'jobtitle')]).toEqual(['Step of one', 'Step of two']);

  const { id } = stack.sandbox.crm.merge('contacts', primary, other);
  if (status === 404)
    for (const old of [primary, other])
      stack.sandbox.faults.add({
        match: { method: 'GET', pattern: `/contacts/${old}(?:\\?|$)` },
        action: {
          kind: 'status',
          status,
          body: { status: 'error', category: 'OBJECT_NOT_FOUND', message: 'Not found' },
        },
      });
  if (isReported)
    await stack.apply({
      subscriptionType: 'contact.merge',
      primaryObjectId: Number(primary),
      mergedObjectIds: [Number(other)],
      newObjectId: Number(id),
    });
  await map([to('jobtitle')]);
  await stack.resync(`one-${person}`);
  await stack.resync(`two-${person}`);
  expect(valueOf(id, 'jobtitle')).toBe('Step of one');
  expect([await statesOf('one'), await statesOf('two')]).toEqual([['jobtitle written'], ['jobtitle older']]);
  await stack.sync(ofDay('new', 5));
  expect(valueOf(id, 'jobtitle')).toBe('Step of new');
  const { db } = stack.product;
  const rows = await db
    .selectFrom('field_writes')
    .select('record_id')
    .where('record_id', 'in', [primary, other, id])
    .execute();
  expect(rows).toEqual([{ record_id: id }]);
});
