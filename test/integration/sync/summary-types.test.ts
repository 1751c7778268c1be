import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { previewSettings } from '../../../src/planning/settings-preview';
import { changeSettings } from '../../../src/store/settings/settings';
import type { SummaryType } from '../../../src/meeting/settings';
import { meeting } from '../../support/meetings';
import { startStack, type Stack } from '../../support/stack';
import { TEST_ACTOR } from '../../support/actors';

let stack: Stack;
let contactId: string;
beforeAll(async () => {
  stack = await startStack({});
  await stack.connect();
  contactId = stack.sandbox.crm.create('contacts', { email: 'marc.serra@acme.example' }).id;
});
beforeEach(() => stack.sandbox.faults.clear());
afterAll(() => stack.close());

const writeAs = (summaryType: SummaryType) =>
  changeSettings(stack.product.db, stack.workspaceId, { summaryType }, TEST_ACTOR);
/** The meeting's activities on the contact's timeline, as `type/id`. */
const written = (meetingId: string) =>
  stack.sandbox.crm
    .timeline('contacts', contactId)
    .filter(({ properties }) => JSON.stringify(properties).includes(`/${meetingId}?`))
    .map(({ objectType, id }) => `${objectType}/${id}`)
    .toSorted();
const refs = ({ engagements }: Awaited<ReturnType<Stack['sync']>>) =>
  [engagements.summary, engagements.notes].map((ref) => `${ref?.objectType}/${ref?.id}`);

test('a call', async () => {
  await writeAs('call');
  const document = await stack.sync(
    meeting({ meetingId: 'call', recordingUrl: 'https://app.northwind.example/meetings/call?f=.mp3' }),
  );
  expect(document).toMatchObject({ status: 'synced', engagements: { summary: { objectType: 'calls' } } });
  expect(document.engagements.summary?.url).toContain(`/view/1?engagement=${document.engagements.summary?.id}`);
  expect(written('call')).toEqual(refs(document).toSorted());
  const call = stack.sandbox.crm.get('calls', document.engagements.summary?.id ?? '');
  expect(call?.properties).toMatchObject({
    hs_call_title: 'Acme <> Northwind: discovery call',
    hs_call_duration: '2531000',
    hs_call_status: 'COMPLETED',
    hs_call_direction: 'OUTBOUND',
  });
  expect(call?.properties['hs_call_recording_url'] ?? '').toBe('');
  expect(call?.properties['hs_call_body']).toContain('Open the recording');
});

test('a meeting keeps its type when the setting changes, and is updated in that type', async () => {
  const forms = ['meeting', 'call', 'note'] as const;
  const types = { meeting: 'meetings', call: 'calls', note: 'notes' };
  const before = new Map<SummaryType, Awaited<ReturnType<Stack['sync']>>>();
  for (const form of forms) {
    await writeAs(form);
    const document = await stack.sync(meeting({ meetingId: `kept-${form}` }));
    expect(document.engagements.summary?.objectType).toBe(types[form]);
    before.set(form, document);
  }
  await writeAs('call');
  for (const form of forms) {
    const document = await stack.sync(meeting({ meetingId: `kept-${form}`, title: 'Renamed' }));
    expect(document.engagements).toEqual(before.get(form)?.engagements);
    const { objectType, id } = document.engagements.summary ?? { objectType: '', id: '' };
    expect(JSON.stringify(stack.sandbox.crm.get(objectType, id)?.properties)).toContain('Renamed');
    expect((await stack.resync(`kept-${form}`)).engagements).toEqual(before.get(form)?.engagements);
    expect(written(`kept-${form}`)).toEqual(refs(document).toSorted());
  }
  expect((await stack.sync(meeting({ meetingId: 'kept-new' }))).engagements.summary?.objectType).toBe('calls');
});

test('after lost responses, the summary note and the notes of one meeting are distinguished', async () => {
  await writeAs('note');
  const meetingId = 'lost';
  stack.sandbox.requests.clear();
  stack.sandbox.faults.add({
    match: { method: 'POST', pattern: '/notes/batch/create$' },
    times: 2,
    action: { kind: 'apply-then-cut' },
  });
  const asCreated = new Map<string, string>();
  const stop = stack.sandbox.events.on((event) => {
    if (event.kind === 'created') asCreated.set(event.id, event.values['hs_note_body'] ?? '');
  });
  const document = await stack.sync(meeting({ meetingId, title: 'Smart Category Notes' }));
  stop();
  expect(document.status).toBe('synced');
  expect(stack.sandbox.requests.list({ path: '/notes/batch/create' })[0]?.fault).not.toBeNull();
  expect(written(meetingId)).toEqual(refs(document).toSorted());
  // The sync rewrites a found note, so only its first text proves which of the two it is.
  const { summary, notes } = document.engagements;
  expect(asCreated.get(summary?.id ?? '')).toContain('AI Score');
  expect(asCreated.get(notes?.id ?? '')).toContain('Objections');
});

test('after a lost response to a batch, the notes of several meetings are distinguished', async () => {
  await writeAs('note');
  stack.sandbox.faults.add({
    match: { method: 'POST', pattern: '/notes/batch/create$' },
    times: 1,
    action: { kind: 'apply-then-500' },
  });
  const ids = Array.from({ length: 6 }, (_, index) => `many-${index}`);
  const documents = await Promise.all(ids.map((meetingId) => stack.sync(meeting({ meetingId }))));
  for (const [index, document] of documents.entries())
    expect(written(ids[index] ?? '')).toEqual(refs(document).toSorted());
});

test('a clip without an address links to its second, in the form of the setting, from the next sync on', async () => {
  const posted = meeting({
    meetingId: 'clips',
    smartCategories: [{ name: 'Demo', items: [{ kind: 'clip', text: 'The report', startSeconds: 75.5 }] }],
  });
  const bodyAfter = async (sync: ReturnType<Stack['sync']>) => {
    const { engagements } = await sync;
    return stack.sandbox.crm.get('notes', engagements.notes?.id ?? '')?.properties['hs_note_body'];
  };
  const page = 'https://app.northwind.example/meetings/clips?a=1&amp;b=2';
  expect(await bodyAfter(stack.sync(posted))).toContain(`Clip · <a href="${page}">1:15</a>`);
  const { meetings } = await previewSettings(stack.product, stack.workspaceId, {
    recordingLinkFormat: '{url}?t={seconds}',
  });
  expect(meetings.find(({ meetingId }) => meetingId === 'clips')).toMatchObject({ rewritten: true });
  await changeSettings(stack.product.db, stack.workspaceId, { recordingLinkFormat: '{url}?t={seconds}' }, TEST_ACTOR);
  expect(await bodyAfter(stack.sync({ ...posted, title: 'Renamed' }))).toContain(
    `Clip · <a href="${page}&amp;t=75">1:15</a>`,
  );
});
