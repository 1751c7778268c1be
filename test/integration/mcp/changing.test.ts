import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { RecordRef } from '../../../src/meeting/linking/cascade';
import { revokeApiKey } from '../../../src/store/access/api-keys';
import { OPERATOR } from '../../../src/store/audit/actor';
import { meeting } from '../../support/meetings';
import { connected, startAgentStack, type Agent, type AgentStack } from './support';

let stack: AgentStack;
let agent: Agent;
beforeAll(async () => {
  stack = await startAgentStack();
  agent = await stack.agent();
});
afterAll(() => stack.close());

const named = ({ objectType, id }: RecordRef) => `${objectType}/${id}`;
const deal = (dealname: string) => ({ objectType: 'deals', id: stack.sandbox.crm.create('deals', { dealname }).id });
const contact = (email: string) => ({ objectType: 'contacts', id: stack.sandbox.crm.create('contacts', { email }).id });
const timeline = ({ objectType, id }: RecordRef) => stack.sandbox.crm.timeline(objectType, id);
const of = (meetingId: string, email: string) => meeting({ meetingId, participants: [{ email }] });

/** All that a tool could change of a meeting: here, and in HubSpot. */
async function everything(meetingId: string) {
  const { db } = stack.product;
  const { crm } = stack.sandbox;
  const [row, links, choices, engagements] = await Promise.all([
    db.selectFrom('meetings').selectAll().where('meeting_id', '=', meetingId).execute(),
    db.selectFrom('links').selectAll().where('meeting_id', '=', meetingId).orderBy('position').execute(),
    db.selectFrom('manual_links').selectAll().where('meeting_id', '=', meetingId).execute(),
    db.selectFrom('engagements').selectAll().where('meeting_id', '=', meetingId).orderBy('kind').execute(),
  ]);
  return { row, links, choices, engagements, crm: ['meetings', 'notes', 'contacts'].map((type) => crm.list(type)) };
}

test('A dry run shows the links that the act then makes, and changes nothing', async () => {
  const person = contact('link@dry.example');
  const other = deal('By hand');
  await stack.sync(of('dry', 'link@dry.example'));
  const before = await everything('dry');

  const dry = await agent.call('link_record', { meetingId: 'dry', record: named(other) });
  expect(dry).toMatchObject({
    dryRun: true,
    message: expect.stringMatching(/^Nothing was changed. The sync would add 1 and remove 0 links/),
    effect: {
      written: true,
      reason: null,
      activities: { summary: 'rewritten', notes: 'rewritten' },
      linksAdded: { total: 1, items: [{ ...other, via: 'manual', from: null }] },
      linksRemoved: { total: 0 },
      linksKept: 1,
    },
    meeting: null,
  });
  expect(await everything('dry')).toEqual(before);
  expect(timeline(other)).toEqual([]);

  const done = await agent.call('link_record', { meetingId: 'dry', record: named(other), dryRun: false });
  expect(done).toMatchObject({
    dryRun: false,
    message: 'The record is linked by hand. The sync runs now.',
    effect: null,
  });
  const { links } = await stack.until('dry', 'synced');
  expect(links.map(named).toSorted()).toEqual([named(person), named(other)].toSorted());
  expect(timeline(other)).toHaveLength(2);
  // The same link again asks for nothing new.
  expect(await agent.call('link_record', { meetingId: 'dry', record: named(other) })).toMatchObject({
    effect: { linksAdded: { total: 0 }, linksRemoved: { total: 0 }, linksKept: 2 },
  });
});

test('Unlinking the last record removes the activities, which the dry run shows', async () => {
  const person = contact('last@dry.example');
  await stack.sync(of('last', 'last@dry.example'));
  const before = await everything('last');

  const dry = await agent.call('unlink_record', { meetingId: 'last', record: named(person) });
  expect(dry).toMatchObject({
    message: expect.stringMatching(/its activities would be removed from HubSpot/),
    effect: {
      written: false,
      reason: { code: 'unlinked_by_hand' },
      activities: { summary: 'removed', notes: 'removed' },
      linksRemoved: { total: 1, items: [person] },
      linksKept: 0,
      leftOut: { items: expect.arrayContaining([expect.objectContaining({ rule: 'unlinked_by_hand' })]) },
    },
  });
  expect(await everything('last')).toEqual(before);
  expect(timeline(person)).toHaveLength(2);

  await agent.call('unlink_record', { meetingId: 'last', record: named(person), dryRun: false });
  await stack.until('last', 'skipped');
  expect(timeline(person)).toEqual([]);
});

test('A dry run of another sync finds who was added to HubSpot since, and the sync links them', async () => {
  await stack.sync(of('again', 'later@dry.example'));
  expect((await stack.status('again')).status).toBe('skipped');
  const person = contact('later@dry.example');
  const before = await everything('again');

  expect(await agent.call('run_again', { meetingId: 'again' })).toMatchObject({
    effect: {
      written: true,
      activities: { summary: 'created', notes: 'created' },
      linksAdded: { items: [{ ...person, via: 'participant' }] },
      replacesEdits: false,
    },
  });
  expect(await everything('again')).toEqual(before);
  expect(timeline(person)).toEqual([]);

  expect(await agent.call('run_again', { meetingId: 'again', dryRun: false })).toMatchObject({ dryRun: false });
  await stack.until('again', 'synced');
  expect(timeline(person)).toHaveLength(2);
});

test('A dry run says when an overwrite would replace what people changed in HubSpot', async () => {
  contact('edited@dry.example');
  const { engagements } = await stack.sync(of('edited', 'edited@dry.example'));
  const id = engagements.summary?.id ?? '';
  stack.sandbox.crm.update('meetings', id, { hs_meeting_body: '<p>My own remarks</p>' });
  await stack.resync('edited');
  const body = () => stack.sandbox.crm.get('meetings', id)?.properties['hs_meeting_body'];

  const run = async (given: object) => await agent.call('run_again', { meetingId: 'edited', ...given });
  expect(await run({ overwrite: true })).toMatchObject({ effect: { replacesEdits: true } });
  expect(await run({ overwrite: false })).toMatchObject({ effect: { replacesEdits: false } });
  expect(body()).toBe('<p>My own remarks</p>');
  await run({ overwrite: true, dryRun: false });
  await stack.until('edited', 'synced');
  expect(body()).not.toBe('<p>My own remarks</p>');
});

test('A record of another account, or that HubSpot does not have, is not linked', async () => {
  contact('far@dry.example');
  await stack.sync(of('far', 'far@dry.example'));
  const record = 'https://app.hubspot.com/contacts/99/record/0-3/1';
  for (const dryRun of [true, false])
    expect(await agent.failure('link_record', { meetingId: 'far', record, dryRun })).toMatch(
      /record is the address of a record in HubSpot account 99/,
    );
  expect(await agent.call('link_record', { meetingId: 'far', record: 'deals/999999999' })).toMatchObject({
    effect: { linksAdded: { total: 0 }, leftOut: { items: [{ rule: 'archived', record: { id: '999999999' } }] } },
  });
});

const READING = [
  'find_meetings',
  'get_meeting',
  'read_meeting_part',
  'explain_record',
  'explain_meeting_links',
  'list_due_next_steps',
  'list_deals_without_meeting',
];
const WRITING = ['link_record', 'unlink_record', 'run_again'];

test.each([
  [['read'] as const, READING],
  [['meetings:write'] as const, WRITING],
  [['read', 'meetings:write'] as const, [...READING, ...WRITING]],
  [['read', 'admin'] as const, READING],
])('A key with the scopes %j sees and calls its own tools only', async (scopes, names) => {
  const meetingId = `scoped-${scopes.join('-').replace(':', '-')}`;
  contact(`${meetingId}@dry.example`);
  await stack.sync(of(meetingId, `${meetingId}@dry.example`));
  const before = await everything(meetingId);
  const scoped = await stack.agent((await stack.makeKey({ scopes })).key);
  const { tools } = await scoped.client.listTools();
  expect(tools.map(({ name }) => name)).toEqual(names);
  for (const name of [...READING, ...WRITING].filter((each) => !names.includes(each)))
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    expect(await scoped.failure(name, { meetingId, record: 'deals/1', dryRun: false })).toMatch(
      new RegExp(`The tool ${name} needs the scope "(?:read|meetings:write)", which this API key does not have`),
    );
  expect(await everything(meetingId)).toEqual(before);
});

test('A key that can only write meetings cannot read them with a dry run', async () => {
  const person = contact('blind@dry.example');
  await stack.sync(of('blind', 'blind@dry.example'));
  const scoped = await stack.agent((await stack.makeKey({ scopes: ['meetings:write'] })).key);
  expect(await scoped.failure('run_again', { meetingId: 'blind' })).toMatch(/A dry run needs the scope "read"/);
  const other = deal('Blind');
  const given = { meetingId: 'blind', record: named(other), dryRun: false };
  expect(await scoped.call('link_record', given)).toMatchObject({ dryRun: false, effect: null });
  await stack.until('blind', 'synced');
  expect(timeline(other)).toHaveLength(2);
  expect(timeline(person)).toHaveLength(2);
});

test('A key that is revoked or expires ends the use of all tools at once', async () => {
  const { id, key } = await stack.makeKey();
  const { id: soon, key: expiring } = await stack.makeKey();
  const [revoked, expired] = [await stack.agent(key), await stack.agent(expiring)];
  const { db } = stack.product;
  for (const one of [revoked, expired]) await one.call('find_meetings');
  await revokeApiKey(db, { workspaceId: stack.workspaceId, id, actor: OPERATOR });
  await db
    .updateTable('api_keys')
    .set({ expires_at: new Date(0) })
    .where('id', '=', soon)
    .execute();
  for (const one of [revoked, expired])
    await expect(one.client.callTool({ name: 'find_meetings', arguments: {} })).rejects.toThrow(/401/);
  await expect(connected(stack.url, key)).rejects.toThrow(/401/);
});
