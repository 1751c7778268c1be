import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Fault } from '../../../sandbox/http/faults';
import type { FieldMapping } from '../../../src/meeting/fields/mapping';
import type { ProcessedMeetingInput } from '../../../src/meeting/intake/schema';
import { requestDeletion } from '../../../src/store/meetings/delete-meeting';
import { changeSettings } from '../../../src/store/settings/settings';
import { meeting } from '../../support/meetings';
import { startStack, type Stack } from '../../support/stack';
import { TEST_ACTOR } from '../../support/actors';

let stack: Stack;
let contactId: string;
let person = 0;
beforeAll(async () => {
  stack = await startStack({});
  await stack.connect();
});
beforeEach(async () => {
  stack.sandbox.faults.clear();
  person += 1;
  contactId = stack.sandbox.crm.create('contacts', { email: `p${person}@acme.example` }).id;
  await map(STANDARD);
});
afterAll(() => stack.close());

const ours = (field: string, property: string, policy: FieldMapping['policy'] = 'ours'): FieldMapping => ({
  field,
  objectType: 'contacts',
  property,
  policy,
});
const STANDARD = [ours('next_step', 'jobtitle'), ours('status', 'hs_lead_status'), ours('ai_score', 'num_notes')];
const map = (fieldMappings: FieldMapping[]) =>
  changeSettings(stack.product.db, stack.workspaceId, { fieldMappings }, TEST_ACTOR);
const values = () => stack.sandbox.crm.get('contacts', contactId)?.properties ?? {};
const edit = (properties: Record<string, string>) => stack.sandbox.crm.update('contacts', contactId, properties);
const ofDay = (name: string, day: number, status: string | null, step: string | null = `Step of ${name}`) =>
  ({
    ...meeting({
      meetingId: `${name}-${person}`,
      startedAt: `2026-11-0${day}T10:00:00Z`,
      endedAt: `2026-11-0${day}T11:00:00Z`,
      participants: [{ email: `p${person}@acme.example`, name: 'Marc Serra' }],
      summary: { topics: [], nextSteps: step === null ? [] : [{ text: step }], aiScore: { value: 7, max: 10 } },
    }),
    ...(status === null ? {} : { fields: [{ key: 'status', value: status }] }),
  }) satisfies ProcessedMeetingInput;

async function remove(meetingId: string): Promise<void> {
  await requestDeletion(stack.product.db, stack.workspaceId, meetingId);
  await stack.starter.start(stack.workspaceId, meetingId);
  await stack.until(meetingId, 'deleted');
}

async function statesOf(meetingId: string): Promise<Record<string, string>> {
  const { fields } = await stack.status(meetingId);
  return Object.fromEntries(fields.map(({ property, state }) => [property, state]));
}

test('values are written as the properties take them, and what does not fit is refused with a reason', async () => {
  edit({ jobtitle: '' });
  const { fields, status } = await stack.sync(ofDay('m', 3, 'in progress'));
  expect(status).toBe('synced');
  expect(values()).toMatchObject({ jobtitle: 'Step of m', hs_lead_status: 'IN_PROGRESS' });
  const at = { objectType: 'contacts', id: contactId };
  expect(fields).toEqual([
    {
      ...at,
      field: 'status',
      property: 'hs_lead_status',
      state: 'written',
      value: 'in progress',
      before: null,
      reason: null,
    },
    { ...at, field: 'next_step', property: 'jobtitle', state: 'written', value: 'Step of m', before: '', reason: null },
    {
      ...at,
      field: 'ai_score',
      property: 'num_notes',
      state: 'refused',
      value: '7',
      before: null,
      reason: expect.stringContaining('cannot be written'),
    },
  ]);
});

test('the newest meeting wins in any order, and a value that does not fit counts as none', async () => {
  await stack.sync(ofDay('new', 5, 'no such option'));
  await stack.sync(ofDay('mid', 4, 'open'));
  await stack.sync(ofDay('old', 3, 'new'));
  expect(values()).toMatchObject({ jobtitle: 'Step of new', hs_lead_status: 'OPEN' });
  await stack.resync(`old-${person}`);
  await stack.resync(`new-${person}`);
  expect(values()).toMatchObject({ jobtitle: 'Step of new', hs_lead_status: 'OPEN' });
  expect(await statesOf(`new-${person}`)).toMatchObject({ jobtitle: 'written', hs_lead_status: 'refused' });
  expect(await statesOf(`mid-${person}`)).toMatchObject({ jobtitle: 'older', hs_lead_status: 'written' });
  expect(await statesOf(`old-${person}`)).toMatchObject({ jobtitle: 'older', hs_lead_status: 'older' });
});

test('a second run writes nothing', async () => {
  await stack.sync(ofDay('m', 3, 'open'));
  const before = stack.sandbox.crm.get('contacts', contactId)?.updatedAt;
  await stack.resync(`m-${person}`);
  expect(stack.sandbox.crm.get('contacts', contactId)?.updatedAt).toBe(before);
});

test('what a person changed stays, except with always', async () => {
  await stack.sync(ofDay('m', 3, 'open'));
  edit({ jobtitle: 'By hand' });
  await stack.sync(ofDay('n', 4, 'new'));
  expect(values()).toMatchObject({ jobtitle: 'By hand', hs_lead_status: 'NEW' });
  expect(await statesOf(`n-${person}`)).toMatchObject({ jobtitle: 'kept' });
  await map([ours('next_step', 'jobtitle', 'always')]);
  await stack.resync(`n-${person}`);
  expect(values()).toMatchObject({ jobtitle: 'Step of n' });
});

test('a deleted meeting puts back the value from before, or the value of an older meeting', async () => {
  edit({ jobtitle: 'Director' });
  await map([ours('next_step', 'jobtitle', 'always'), ours('status', 'hs_lead_status')]);
  await stack.sync(ofDay('old', 3, 'open'));
  await stack.sync(ofDay('new', 4, 'new'));
  await remove(`new-${person}`);
  expect(values()).toMatchObject({ jobtitle: 'Step of old', hs_lead_status: 'OPEN' });
  edit({ hs_lead_status: 'UNQUALIFIED' });
  await remove(`old-${person}`);
  expect(values()).toMatchObject({ jobtitle: 'Director', hs_lead_status: 'UNQUALIFIED' });
});

const updates = { method: 'POST', pattern: '/contacts/batch/update$' };
test.each<[string, Fault]>([
  ['applied, then cut', { match: updates, times: 1, action: { kind: 'apply-then-cut' } }],
  ['applied, then 500', { match: updates, times: 1, action: { kind: 'apply-then-500' } }],
  ['not applied', { match: updates, times: 1, action: { kind: 'cut' } }],
  ['left out of the answer', { match: updates, times: 1, action: { kind: 'empty-200' } }],
])('after a lost answer the value is ours: %s', async (_name, fault) => {
  stack.sandbox.faults.add(fault);
  expect(await stack.sync(ofDay('m', 3, 'open'))).toMatchObject({ status: 'synced' });
  expect(values()).toMatchObject({ jobtitle: 'Step of m', hs_lead_status: 'OPEN' });
  expect(await statesOf(`m-${person}`)).toMatchObject({ jobtitle: 'written', hs_lead_status: 'written' });
  await stack.sync(ofDay('n', 4, 'new'));
  expect(values()).toMatchObject({ jobtitle: 'Step of n', hs_lead_status: 'NEW' });
});

test.each<Fault['action']['kind']>(['apply-then-cut', 'cut'])(
  'the status document says what HubSpot had before, also after a lost answer: %s',
  async (kind) => {
    const before = async (name: string) => (await stack.status(`${name}-${person}`)).fields.map((each) => each.before);
    edit({ jobtitle: 'Director' });
    await map([ours('next_step', 'jobtitle', 'always')]);
    stack.sandbox.faults.add({ match: updates, times: 1, action: { kind } as Fault['action'] });
    await stack.sync(ofDay('m', 3, null));
    expect(await before('m')).toEqual(['Director']);
    stack.sandbox.faults.add({ match: updates, times: 1, action: { kind } as Fault['action'] });
    await stack.sync(ofDay('n', 4, null));
    expect(await before('n')).toEqual(['Step of m']);
    await stack.sync(ofDay('o', 5, null, 'Step of n'));
    expect(await before('o')).toEqual(['Step of n']);
    await stack.resync(`o-${person}`);
    expect(await before('o')).toEqual(['Step of n']);
  },
);

test('a value that HubSpot refuses is refused alone with its sentence, and the newest other one is written', async () => {
  await stack.sync(ofDay('old', 3, 'open'));
  stack.sandbox.faults.add({
    match: { pattern: '/contacts/', body: 'Step of new' },
    action: {
      kind: 'status',
      status: 400,
      body: {
        status: 'error',
        category: 'VALIDATION_ERROR',
        message: 'Property values were not valid',
        errors: [
          { message: 'jobtitle does not match the rule', code: 'RULE', context: { propertyName: ['jobtitle'] } },
        ],
      },
    },
  });
  const { status, fields } = await stack.sync(ofDay('new', 4, 'new'));
  expect(status).toBe('synced');
  expect(values()).toMatchObject({ jobtitle: 'Step of old', hs_lead_status: 'NEW' });
  expect(fields.find(({ property }) => property === 'jobtitle')).toMatchObject({
    state: 'refused',
    reason: 'jobtitle does not match the rule',
  });
  expect(await statesOf(`old-${person}`)).toMatchObject({ jobtitle: 'written' });
});

test('HubSpot refuses the values of many meetings, and the newest one that it takes is written all the same', async () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
  await map([]);
  for (const [index, name] of names.entries())
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await stack.sync(ofDay(name, index + 1, null, name === 'a' ? 'Taken' : `Refused ${name}`));
  const refusal = { status: 'error', category: 'VALIDATION_ERROR', message: 'Property values were not valid' };
  stack.sandbox.faults.add({
    match: { pattern: '/contacts/', body: 'Refused' },
    action: { kind: 'status', status: 400, body: refusal },
  });
  await map([ours('next_step', 'jobtitle')]);
  await stack.apply();
  await Promise.all(names.map((name) => stack.until(`${name}-${person}`, 'synced')));
  expect(values()).toMatchObject({ jobtitle: 'Taken' });
  const states = await Promise.all(names.map((name) => statesOf(`${name}-${person}`)));
  expect(states.map(({ jobtitle }) => jobtitle)).toEqual(['written', ...names.slice(1).map(() => 'refused')]);
});

test('values are written to open deals only', async () => {
  const deal = (dealstage: string) =>
    stack.sandbox.crm.create('deals', { dealname: 'D', pipeline: 'default', dealstage }).id;
  const [open, closed] = [deal('appointmentscheduled'), deal('closedwon')];
  for (const id of [open, closed]) stack.sandbox.crm.associate('contacts', contactId, 'deals', id);
  await map([{ field: 'ai_score', objectType: 'deals', property: 'amount', policy: 'ours' }]);
  const { fields } = await stack.sync(ofDay('m', 3, null));
  expect(stack.sandbox.crm.get('deals', open)?.properties['amount']).toBe('7');
  expect(stack.sandbox.crm.get('deals', closed)?.properties['amount']).toBeUndefined();
  expect(fields.find(({ id }) => id === closed)).toMatchObject({ state: 'refused', reason: 'The deal is closed.' });
});

test('a pass without mappings has no further step', async () => {
  await map([]);
  await stack.sync(ofDay('m', 3, 'open'));
  const handle = stack.temporal.workflow.getHandle((await stack.status(`m-${person}`)).workflow.id);
  expect(JSON.stringify(await handle.fetchHistory())).not.toContain('writeFields');
});
