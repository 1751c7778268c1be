import { beforeEach, describe, expect, test } from '@jest/globals';
import { deleteConnection } from '../../../src/store/connections/connections';
import { useDatabase } from '../../support/use-database';
import { company, deal, dealRecord, openAccount, type Account } from './analytics/account';
import { connect, putMeeting, putRecords } from './analytics/store';

const { db } = useDatabase();
let account: Account;
beforeEach(async () => {
  account = await openAccount(db);
});

const won = { dealstage: 's2', hs_is_closed: 'true', hs_is_closed_won: 'true' };

describe('a meeting with two deals', () => {
  beforeEach(async () => {
    await account.records(dealRecord('1', won), dealRecord('2'), dealRecord('3', won));
    await account.put('both', [deal('1'), deal('2')]);
    await account.put('one', [deal('1')]);
  });

  test('counts once for each deal and once in the total', async () => {
    expect(await account.cells('deals', '1', ['meetings'])).toEqual([2]);
    expect(await account.cells('deals', '2', ['meetings'])).toEqual([1]);
    expect(await account.cells('deals', '', ['deals', 'meetings', 'people'])).toEqual([2, 2, 1]);
    expect(await account.behind('deals', '2')).toEqual(['both']);
    expect((await account.behind('deals', null))?.toSorted()).toEqual(['both', 'one']);
  });

  test('counts once for each group of deals, even with several deals in a group', async () => {
    await account.put('twice', [deal('1'), deal('3')]);
    expect(await account.cells('score-by-outcome', 'won', ['meetings', 'deals'])).toEqual([3, 2]);
    expect(await account.cells('score-by-outcome', 'open', ['meetings', 'deals'])).toEqual([1, 1]);
    expect(await account.cells('score-by-outcome', '', ['meetings', 'deals'])).toEqual([3, 3]);
    expect(await account.cells('deals-by-outcome', 'won', ['deals', 'meetings', 'meetingsPerDeal'])).toEqual([2, 3, 2]);
    expect(await account.cells('topics', 'budget & timing', ['meetings', 'in:won', 'in:open'])).toEqual([3, 3, 1]);
  });
});

test('an archived deal is labelled as archived, and an archived company is not listed as silent', async () => {
  await account.records(dealRecord('1'), { type: 'deals', id: '2', properties: null });
  await account.records({ type: 'companies', id: '7', properties: null });
  await account.put('m', [deal('1'), deal('2'), company('7')]);
  expect(await account.cells('score-by-outcome', '(archived)', ['outcome', 'meetings'])).toEqual([
    'Archived in HubSpot',
    1,
  ]);
  for (const grouping of ['pipeline', 'stage'])
    // oxlint-disable-next-line no-await-in-loop -- two
    expect(await account.cells(`score-by-${grouping}`, '(archived)', [grouping, 'meetings'])).toEqual([
      'Archived in HubSpot',
      1,
    ]);
  expect(await account.cells('deals', '2', ['deal', 'outcome'])).toEqual(['Deal 2 (archived)', 'Archived in HubSpot']);
  expect((await account.report('silent-deals', { days: 1 })).rows.map(({ key }) => key)).toEqual(['1']);
  expect((await account.report('silent-companies', { days: 1 })).rows).toEqual([]);
});

test('a merged deal counts as its target, over several merges and once per meeting', async () => {
  await account.records(dealRecord('9', won));
  await account.records(
    { type: 'deals', id: '1', properties: {}, mergedInto: '5' },
    { type: 'deals', id: '2', properties: {}, mergedInto: '9' },
    { type: 'deals', id: '5', properties: {}, mergedInto: '9' },
  );
  await account.put('old', [deal('1'), deal('2')]);
  await account.put('new', [deal('9'), deal('5')]);
  expect((await account.report('deals')).rows).toMatchObject([{ key: '9', deal: 'Deal 9', meetings: 2 }]);
  expect(await account.cells('score-by-outcome', '', ['meetings', 'deals'])).toEqual([2, 1]);
  expect((await account.behind('deals', '9'))?.toSorted()).toEqual(['new', 'old']);
});

test('a merged company or custom object is found by all its ids', async () => {
  await account.records({ type: 'companies', id: '2', properties: { name: 'Acme' } });
  await account.records({ type: 'companies', id: '1', properties: {}, mergedInto: '2' });
  await account.records({ type: '2-1', id: '4', properties: {}, mergedInto: '8' });
  await account.put('old', [company('1'), { type: '2-1', id: '4' }]);
  await account.put('new', [company('2'), { type: '2-1', id: '8' }]);
  for (const filter of [{ company: '1' }, { company: '2' }, { object: '2-1/4' }, { object: '2-1/8' }])
    // oxlint-disable-next-line no-await-in-loop -- four
    expect(await account.cells('score-over-time', '', ['meetings'], filter)).toEqual([2]);
  expect((await account.report('silent-companies', { days: 1 })).rows).toMatchObject([
    { company: 'Acme', recordId: '2', meetings: 2 },
  ]);
});

test('a circular merge does not hang, and its deal is unknown', async () => {
  await account.records(
    { type: 'deals', id: '1', properties: {}, mergedInto: '2' },
    { type: 'deals', id: '2', properties: {}, mergedInto: '1' },
  );
  await account.put('m', [deal('1')]);
  expect(await account.cells('score-by-outcome', '(unknown)', ['meetings'])).toEqual([1]);
  // A meeting may be linked to every record of a merge cycle.
  await account.records(
    { type: 'deals', id: '3', properties: {}, mergedInto: '4' },
    { type: 'deals', id: '4', properties: {}, mergedInto: '5' },
    { type: 'deals', id: '5', properties: {}, mergedInto: '3' },
  );
  await account.put('circle', [deal('3'), deal('4'), deal('5')]);
  expect(await account.cells('score-by-outcome', '(unknown)', ['meetings', 'deals'])).toEqual([2, 4]);
});

test('a deal that has not been read or mirrored is listed as not known yet', async () => {
  await account.records({ type: 'deals', id: '1' });
  await account.put('unread', [deal('1')]);
  await account.put('absent', [deal('2')]);
  expect(await account.cells('score-by-outcome', '(unknown)', ['outcome', 'meetings', 'deals'])).toEqual([
    'Not known yet',
    2,
    2,
  ]);
  expect(await account.cells('deals', '2', ['deal', 'stage', 'pipelineId'])).toEqual(['Deal 2', 'Not known yet', null]);
  expect((await account.report('silent-deals', { days: 1 })).rows).toEqual([]);
  expect(await account.cells('score-by-outcome', '(unknown)', ['meetings'], { pipeline: 'p1' })).toBeUndefined();
});

test('an unknown stage or pipeline is listed by its id, after the others', async () => {
  await account.records(dealRecord('1', { dealstage: 'x' }), dealRecord('2', { pipeline: 'gone' }), dealRecord('3'));
  await account.put('m', [deal('1'), deal('2'), deal('3')]);
  const { rows } = await account.report('score-by-stage');
  expect(rows.map(({ key, stage, pipelineId, stageId }) => [key, stage, pipelineId, stageId])).toEqual([
    ['p1/s1', 'New business: Qualified', 'p1', 's1'],
    ['gone/s1', 'gone/s1', 'gone', 's1'],
    ['p1/x', 'p1/x', 'p1', 'x'],
  ]);
  expect(await account.cells('score-by-stage', 'p1/x', ['meetings'], { pipeline: 'p1', stage: 'x' })).toEqual([1]);
});

test.each([
  [{ hs_is_closed: 'true', hs_is_closed_won: 'true' }, 's3', 'won'],
  [{ hs_is_closed: 'true', hs_is_closed_won: 'false' }, 's2', 'lost'],
  [{ hs_is_closed: 'false', hs_is_closed_won: 'false' }, 's2', 'open'],
  // Without HubSpot's own properties, the stage decides.
  [{ hs_is_closed: null, hs_is_closed_won: null }, 's2', 'won'],
  [{ hs_is_closed: '', hs_is_closed_won: '' }, 's3', 'lost'],
  [{ hs_is_closed: 'true', hs_is_closed_won: null }, 's2', 'won'],
  [{ hs_is_closed: null }, 'unheard of', 'open'],
])('a deal with %j in stage %s is %s', async (properties, dealstage, outcome) => {
  await account.records(dealRecord('1', { dealstage, ...properties }));
  await account.put('m', [deal('1')]);
  expect((await account.report('score-by-outcome')).rows.map(({ key }) => key)).toEqual([outcome]);
});

test('a link that HubSpot refused does not count', async () => {
  await account.records(dealRecord('1'));
  await account.put('m', [{ ...deal('1'), refused: true }, company('2')]);
  expect((await account.report('deals')).rows).toEqual([]);
  expect(await account.cells('score-by-outcome', '(none)', ['meetings'])).toEqual([1]);
  expect(await account.cells('coverage', 'deals', ['meetings', 'share'])).toEqual([0, 0]);
  expect(await account.cells('coverage', 'companies', ['meetings', 'share'])).toEqual([1, 100]);
  expect(await account.cells('score-over-time', '', ['meetings'], { pipeline: 'p1' })).toEqual([0]);
});

test('data of other accounts and workspaces does not count', async () => {
  const other = await openAccount(db);
  await other.records(dealRecord('1', won));
  await account.records(dealRecord('1', { dealname: 'Ours' }));
  await account.put('ours', [deal('1')]);
  await other.put('theirs', [deal('1')]);
  // Another workspace was connected to this account before.
  await putMeeting(
    db,
    { workspaceId: other.workspaceId, portalId: account.portalId },
    {
      body: { meetingId: 'ours' },
      links: [deal('2')],
      unmatched: [{ email: 'x@x.example', name: null }],
    },
  );
  // This workspace was connected to another account before.
  await putRecords(db, 99, [dealRecord('7', won)]);
  await putMeeting(
    db,
    { workspaceId: account.workspaceId, portalId: 99 },
    {
      body: { meetingId: 'former' },
      links: [deal('7'), company('7')],
      unmatched: [{ email: 'x@x.example', name: null }],
    },
  );
  expect((await account.report('deals')).rows).toMatchObject([{ key: '1', deal: 'Ours', meetings: 1 }]);
  expect(await account.cells('score-by-outcome', '(none)', ['meetings'])).toEqual([1]);
  expect(await account.cells('coverage', '(nothing)', ['meetings'])).toEqual([1]);
  expect((await account.report('unmatched-people')).rows).toEqual([]);
  expect((await account.report('silent-deals', { days: 1 })).rows.map(({ key }) => key)).toEqual(['1']);
  expect(await account.behind('coverage', null)).toEqual(expect.arrayContaining(['ours', 'former']));
});

test('without a connection, links and records do not count, and they do after reconnecting', async () => {
  await account.records(dealRecord('1'));
  await account.put('m', [deal('1')], { unmatched: [{ email: 'x@x.example', name: null }] });
  await deleteConnection(db, account.workspaceId);
  for (const name of ['deals', 'silent-deals', 'silent-companies', 'unmatched-people'])
    // oxlint-disable-next-line no-await-in-loop -- few
    expect(await account.report(name)).toMatchObject({
      rows: [],
      timeZone: 'UTC',
      notes: expect.arrayContaining([expect.stringMatching('not connected to HubSpot')]),
    });
  expect(await account.cells('score-over-time', '', ['meetings', 'score'])).toEqual([1, 82]);
  expect(await account.cells('coverage', '(nothing)', ['meetings'])).toEqual([1]);
  await connect(db, account);
  expect(await account.cells('deals', '1', ['meetings'])).toEqual([1]);
});

describe('companies and contacts', () => {
  beforeEach(async () => {
    await account.records(
      { type: 'companies', id: '1', properties: { industry: 'COMPUTER_SOFTWARE' } },
      { type: 'companies', id: '2', properties: { industry: 'BANKING' } },
      { type: 'companies', id: '3', properties: {} },
      { type: 'contacts', id: '1', properties: { lifecyclestage: 'customer', jobtitle: 'Head of Sales' } },
      { type: 'contacts', id: '2', properties: { lifecyclestage: 'lead', jobtitle: 'HEAD OF  SALES' } },
      dealRecord('9'),
    );
    const contact = (id: string) => ({ type: 'contacts', id });
    await account.put('both', [company('1'), company('2'), contact('1'), contact('2')]);
    await account.put('one', [company('1'), contact('2'), deal('9')]);
    await account.put('unset', [company('3')]);
    await account.put('none', []);
  });

  test('group meetings by their industry, lifecycle stage and job title', async () => {
    const groups = async (name: string, label: string) =>
      (await account.report(name)).rows.map((row) => [row[label], row['meetings']]);
    expect(await groups('score-by-industry', 'industry')).toEqual([
      ['Computer software', 2],
      ['No company', 1],
      ['Companies without an industry', 1],
      ['Banking', 1],
    ]);
    expect(await groups('score-by-lifecycle-stage', 'lifecycleStage')).toEqual([
      ['No contact', 2],
      ['Lead', 2],
      ['Customer', 1],
    ]);
    // Spellings of one title count as one.
    expect(await groups('score-by-job-title', 'jobTitle')).toEqual([
      ['No contact', 2],
      ['HEAD OF  SALES', 2],
    ]);
    expect(await account.cells('score-by-job-title', 'head of sales', ['meetings', 'contacts'])).toEqual([2, 2]);
    expect(await account.cells('score-by-industry', '', ['meetings', 'companies'])).toEqual([4, 3]);
    expect(await account.behind('score-by-industry', 'BANKING')).toEqual(['both']);
  });

  test('filter every report', async () => {
    const meetings = async (filters: object) =>
      (await account.behind('score-over-time', null, 'meetings', filters))?.toSorted();
    expect(await meetings({ industry: 'COMPUTER_SOFTWARE' })).toEqual(['both', 'one']);
    expect(await meetings({ industry: 'BANKING' })).toEqual(['both']);
    expect(await meetings({ jobTitle: 'head of sales' })).toEqual(['both', 'one']);
    // One contact has to match both.
    expect(await meetings({ jobTitle: 'head of sales', lifecycleStage: 'customer' })).toEqual(['both']);
    expect(await meetings({ industry: 'RETAIL' })).toEqual([]);
    const silent = { days: 1, industry: 'COMPUTER_SOFTWARE' };
    expect((await account.report('silent-deals', silent)).rows.map(({ key }) => key)).toEqual(['9']);
    expect((await account.report('silent-deals', { days: 1, industry: 'BANKING' })).rows).toEqual([]);
    // A report by industry shows only the industry that is filtered by.
    const { rows } = await account.report('score-by-industry', { industry: 'BANKING' });
    expect(rows.map(({ key }) => key)).toEqual(['BANKING']);
  });
});
