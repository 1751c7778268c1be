import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { z } from 'zod';
import type { SettingsPatch } from '../../../src/meeting/settings';
import { previewMeeting } from '../../../src/planning/preview';
import { previewSettings } from '../../../src/planning/settings-preview';
import { chooseLink } from '../../../src/store/meetings/manual-links';
import { acceptMeeting } from '../../../src/store/meetings/meetings';
import { changeSettings } from '../../../src/store/settings/settings';
import { processedMeetingSchema, type ProcessedMeetingInput } from '../../../src/meeting/intake/schema';
import { meeting } from '../../support/meetings';
import { startStack, type Stack } from '../../support/stack';
import { TEST_ACTOR } from '../../support/actors';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
  await stack.connect();
});
afterEach(() =>
  change({
    openDealsOnly: false,
    maxDeals: null,
    createMissingContacts: 'never',
    minimumMinutes: 0,
    excludedTitleWords: [],
    summaryType: 'meeting',
  }),
);
afterAll(() => stack.close());

const change = (patch: SettingsPatch) => changeSettings(stack.product.db, stack.workspaceId, patch, TEST_ACTOR);
const preview = (meetingId: string) => previewMeeting(stack.product, { workspaceId: stack.workspaceId, meetingId });
const previewed = (patch: SettingsPatch) => previewSettings(stack.product, stack.workspaceId, patch);
const accept = (posted: ProcessedMeetingInput) =>
  acceptMeeting(stack.product.db, { workspaceId: stack.workspaceId, meeting: processedMeetingSchema.parse(posted) });

/** Tables in which the gateway records its calls. Previews make calls, so these may change. */
const OF_THE_GATEWAY = ['hubspot_budgets', 'hubspot_calls', 'hubspot_answers', 'search_forms', 'connections'];

/** The whole database and all CRM records, as JSON. */
async function everything() {
  const { rows } = await sql<{ name: string }>`
    select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'
  `.execute(stack.product.db);
  const tables = rows.map(({ name }) => name).filter((name) => !OF_THE_GATEWAY.includes(name));
  const contents = await Promise.all(
    tables.map(async (name) => [
      name,
      (await sql`select t::text from ${sql.table(name)} t order by 1`.execute(stack.product.db)).rows,
    ]),
  );
  const { crm } = stack.sandbox;
  const records = ['contacts', 'companies', 'deals', 'meetings', 'notes', 'calls'].map((type) => crm.list(type));
  return JSON.stringify([contents, records]);
}

const batch = z.object({ inputs: z.array(z.object({ id: z.string() })) });
const idsOf = (body: unknown) => batch.parse(body).inputs.map(({ id }) => id);

/** Creates a company with three deals, the first closed before the meeting, and one of two participants. */
function beta(name: string) {
  const { crm } = stack.sandbox;
  const known = crm.create('contacts', { email: `known@${name}.example` });
  const company = crm.create('companies', { name, domain: `${name}-group.example` });
  crm.associate('contacts', known.id, 'companies', company.id);
  const stages: Record<string, string>[] = [{ dealstage: 'closedlost', closedate: '2026-01-01T00:00:00Z' }, {}, {}];
  const deals = stages.map((properties) => {
    const deal = crm.create('deals', { dealname: name, dealstage: 'contractsent', ...properties });
    crm.associate('companies', company.id, 'deals', deal.id);
    return deal.id;
  });
  const people = [
    `known@${name}.example`,
    `stranger@${name}.example`,
    'someone@gmail.com',
    'ana.ruiz@northwind.example',
  ];
  const posted = meeting({
    meetingId: name,
    participants: [...people.map((email) => ({ email })), { name: 'Room 4' }],
  });
  return { posted, known: known.id, company: company.id, deals };
}

test('a preview shows what the sync then does, and writes nothing', async () => {
  const { posted, company, deals } = beta('says');
  const [closed = '', older = '', newest = ''] = deals;
  await accept(posted);
  await change({ openDealsOnly: true, maxDeals: 1 });
  const before = await everything();
  stack.sandbox.requests.clear();
  const shown = await preview('says');
  expect(await everything()).toBe(before);
  const written = stack.sandbox.requests
    .list()
    .filter(({ method, path }) => method !== 'GET' && !/\/(?:batch\/read|search)$/.test(path));
  expect(written).toEqual([]);
  expect(shown).toMatchObject({ written: true, reason: null });
  expect(
    shown?.leftOut.map(({ rule, record, person, from }) => [
      rule,
      record?.id ?? person?.email ?? person?.name,
      from?.id,
    ]),
  ).toEqual([
    ['no_crm_match', 'stranger@says.example', undefined],
    ['free_mail', 'someone@gmail.com', undefined],
    ['no_address', 'Room 4', undefined],
    ['internal', 'ana.ruiz@northwind.example', undefined],
    ['closed_deal', closed, company],
    ['beyond_max_deals', older, company],
  ]);
  for (const { message } of shown?.leftOut ?? []) expect(message).toMatch(/^[A-Z].*\.$/);

  const synced = await stack.sync(posted);
  expect(synced.status).toBe('synced');
  expect(synced.links).toEqual(shown?.links);
  const { crm } = stack.sandbox;
  const activities = crm.timeline('deals', newest);
  const summary = activities.find(({ objectType }) => objectType === 'meetings')?.properties;
  const notes = activities.find(({ objectType }) => objectType === 'notes')?.properties;
  expect(shown?.activities).toEqual({
    summary: {
      objectType: 'meetings',
      title: summary?.['hs_meeting_title'],
      body: expect.stringContaining('AI Score'),
    },
    notes: { objectType: 'notes', title: null, body: expect.stringContaining('yet another tool') },
  });
  expect(notes?.['hs_note_body']).toContain('Objections');
  expect(await preview('says')).toEqual(shown);
});

test('a preview shows contacts that would be created, and creates none', async () => {
  const { posted } = beta('makes');
  await accept(posted);
  await change({ createMissingContacts: 'unknown_company' });
  const contacts = stack.sandbox.crm.list('contacts').length;
  const shown = await preview('makes');
  expect(shown?.leftOut.filter(({ rule }) => rule === 'would_be_created').map(({ person }) => person?.email)).toEqual([
    'stranger@makes.example',
    'someone@gmail.com',
  ]);
  expect(stack.sandbox.crm.list('contacts')).toHaveLength(contacts);
});

test('a preview of a skipped meeting shows why, and what would be written', async () => {
  const { posted, known } = beta('skipped');
  await accept(posted);
  await change({ excludedTitleWords: ['discovery'], summaryType: 'note' });
  expect(await preview('skipped')).toMatchObject({
    written: false,
    reason: { code: 'meeting_excluded' },
    links: [],
    activities: { summary: { objectType: 'notes', title: null, body: expect.stringContaining('discovery call') } },
  });
  await change({ excludedTitleWords: [] });
  const { workspaceId, portalId } = stack;
  await chooseLink(
    stack.product.db,
    { workspaceId, meetingId: 'skipped' },
    portalId,
    { objectType: 'contacts', id: known },
    'unlinked',
  );
  const unlinked = await preview('skipped');
  expect(unlinked).toMatchObject({ written: false, reason: { code: 'unlinked_by_hand' } });
  expect(unlinked?.leftOut[0]).toMatchObject({ rule: 'unlinked_by_hand', record: { id: known } });
  expect(await preview('unknown')).toBeNull();
});

test('a settings preview compares the newest meetings, with few calls, and changes nothing', async () => {
  const many = Array.from({ length: 12 }, (_, index) => beta(`many-${index}`));
  for (const { posted } of many) await accept(posted);
  const before = await everything();
  stack.sandbox.requests.clear();
  const { meetings } = await previewed({ openDealsOnly: true });
  const requests = stack.sandbox.requests.list();
  expect(await everything()).toBe(before);
  expect(meetings.map(({ meetingId }) => meetingId)).toEqual(
    many
      .slice(2)
      .map(({ posted }) => posted.meetingId)
      .toReversed(),
  );
  for (const [index, entry] of meetings.toReversed().entries()) {
    expect(entry).toMatchObject({
      checked: true,
      writtenBefore: true,
      writtenAfter: true,
      coming: [],
      rewritten: false,
    });
    expect(entry.going.map(({ id }) => id)).toEqual([many[index + 2]?.deals[0]]);
  }
  // 21 calls with full batches. Planning ten meetings twice, one by one, would take about 200.
  expect(requests.length).toBeLessThan(60);
  const read = requests
    .filter(({ path }) => path.includes('/objects/') && path.endsWith('/deals/batch/read'))
    .map(({ body }) => idsOf(body));
  expect(read.flat().toSorted()).toEqual([...new Set(read.flat())].toSorted());
  expect(read.flat()).toHaveLength(30);

  const shorter = await previewed({ minimumMinutes: 60, summaryType: 'call' });
  expect(shorter.meetings[0]).toMatchObject({
    writtenBefore: true,
    writtenAfter: false,
    reason: { code: 'meeting_excluded' },
    rewritten: true,
  });
  expect(shorter.meetings[0]?.going).toHaveLength(5);
  const made = await previewed({ createMissingContacts: 'unknown_company' });
  expect(made.meetings[0]).toMatchObject({ contactsToCreate: 2, coming: [], going: [] });
  expect((await previewed({})).meetings.flatMap(({ coming, going }) => [...coming, ...going])).toEqual([]);
});

test('a settings preview leaves out meetings with very many participants', async () => {
  await accept(beta('beside-the-crowd').posted);
  const people = Array.from({ length: 60 }, (_, index) => ({ email: `p${index}@crowd.example` }));
  await accept(meeting({ meetingId: 'crowd', participants: people }));
  const { meetings } = await previewed({ minimumMinutes: 1 });
  expect(meetings[0]).toMatchObject({ meetingId: 'crowd', checked: false });
  expect(meetings[1]).toMatchObject({ checked: true });
});
