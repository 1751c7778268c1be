import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { FieldMapping } from '../../../src/meeting/fields/mapping';
import type { PreviewedField } from '../../../src/meeting/preview';
import { previewMeeting } from '../../../src/planning/preview';
import { previewSettings } from '../../../src/planning/settings-preview';
import { changeSettings } from '../../../src/store/settings/settings';
import { meeting } from '../../support/meetings';
import { startStack, type Stack } from '../../support/stack';
import { TEST_ACTOR } from '../../support/actors';

let stack: Stack;
let id: string;
beforeAll(async () => {
  stack = await startStack({});
  await stack.connect();
  id = stack.sandbox.crm.create('contacts', { email: 'marc@acme.example', city: 'Olot' }).id;
  for (const [name, day] of [
    ['new', 5],
    ['old', 3],
  ] as const)
    // oxlint-disable-next-line no-await-in-loop -- the newer meeting comes in first
    await stack.sync({
      ...meeting({
        meetingId: name,
        startedAt: `2026-11-0${day}T10:00:00Z`,
        endedAt: `2026-11-0${day}T11:00:00Z`,
        participants: [{ email: 'marc@acme.example', name: 'Marc Serra' }],
        summary: { topics: [], nextSteps: [{ text: `Step of ${name}` }], aiScore: { value: 7, max: 10 } },
      }),
      fields: [{ key: 'status', value: name === 'new' ? 'no such option' : 'open' }],
    });
});
afterAll(() => stack.close());

const to = (field: string, property: string, policy: FieldMapping['policy'] = 'ours'): FieldMapping => ({
  field,
  objectType: 'contacts',
  property,
  policy,
});
const fieldMappings = [to('next_step', 'jobtitle'), to('status', 'hs_lead_status'), to('ai_score', 'city')];
const short = ({ property, state, before, after }: PreviewedField) => [property, state, before, after];
const OLD = [
  ['jobtitle', 'older', null, 'Step of new'],
  ['hs_lead_status', 'written', null, 'OPEN'],
  ['city', 'older', 'Olot', 'Olot'],
];
const NEW = [
  ['jobtitle', 'written', null, 'Step of new'],
  ['hs_lead_status', 'refused', null, 'OPEN'],
  ['city', 'kept', 'Olot', 'Olot'],
];

test('a change of mappings shows what each property of each record would have, and a sync does it', async () => {
  const { db } = stack.product;
  stack.sandbox.requests.clear();
  const { meetings } = await previewSettings(stack.product, stack.workspaceId, { fieldMappings });
  // The links are known from the syncs.
  expect(stack.sandbox.requests.list({ path: '/search' })).toEqual([]);
  const fields = new Map(meetings.map((each) => [each.meetingId, each.fields]));
  expect(fields.get('new')?.map(short)).toEqual(NEW);
  expect(fields.get('old')?.map(short)).toEqual(OLD);
  expect(fields.get('new')?.[1]?.reason).toMatch('has no option');
  expect(stack.sandbox.crm.get('contacts', id)?.properties['jobtitle']).toBeUndefined();

  await changeSettings(db, stack.workspaceId, { fieldMappings }, TEST_ACTOR);
  await stack.resync('old');
  await stack.resync('new');
  expect(stack.sandbox.crm.get('contacts', id)?.properties).toMatchObject({
    jobtitle: 'Step of new',
    hs_lead_status: 'OPEN',
    city: 'Olot',
  });
});

test('the preview of a meeting shows every field', async () => {
  const { db } = stack.product;
  const key = { workspaceId: stack.workspaceId, meetingId: 'new' };
  await changeSettings(db, stack.workspaceId, { fieldMappings: [to('next_step', 'company', 'always')] }, TEST_ACTOR);
  expect((await previewMeeting(stack.product, key))?.fields).toEqual([
    {
      field: 'next_step',
      objectType: 'contacts',
      id,
      property: 'company',
      state: 'written',
      value: 'Step of new',
      before: null,
      after: 'Step of new',
      reason: null,
    },
  ]);
});

test('another change of the settings shows what it puts back', async () => {
  const { db } = stack.product;
  await changeSettings(db, stack.workspaceId, { fieldMappings: [to('next_step', 'state', 'always')] }, TEST_ACTOR);
  await stack.resync('new');
  expect(stack.sandbox.crm.get('contacts', id)?.properties['state']).toBe('Step of new');
  const { meetings } = await previewSettings(stack.product, stack.workspaceId, { minimumMinutes: 600 });
  const fields = meetings.find(({ meetingId }) => meetingId === 'new')?.fields ?? [];
  expect(fields.map(short)).toEqual([['state', 'written', 'Step of new', null]]);
});
