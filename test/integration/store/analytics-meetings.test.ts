import { beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import type { ProcessedMeetingInput } from '../../../src/meeting/intake/schema';
import { finishDeletion, requestDeletion } from '../../../src/store/meetings/delete-meeting';
import { saveProgress } from '../../../src/store/meetings/meetings';
import { erasePerson } from '../../../src/store/mirror/privacy';
import { useDatabase } from '../../support/use-database';
import { company, deal, dealRecord, openAccount, type Account } from './analytics/account';

const { db } = useDatabase();
let account: Account;
beforeEach(async () => {
  account = await openAccount(db);
});

const scored = (value: number, max = 100): Partial<ProcessedMeetingInput> => ({ summary: { aiScore: { value, max } } });
const at = (startedAt: string) => ({ body: { startedAt } });
const keys = async (name: string, asked?: Parameters<Account['report']>[1]) =>
  (await account.report(name, asked)).rows.map(({ key }) => key);

describe('which meetings count', () => {
  test('skipped meetings count only for coverage and unmatched people, until they are no longer skipped', async () => {
    const unmatched = [{ email: 'x@x.example', name: 'X' }];
    await account.records(dealRecord('1'));
    await account.put('m', [deal('1')], { status: 'skipped', unmatched });
    for (const name of ['score-over-time', 'score-by-owner', 'score-by-outcome', 'deals-by-outcome', 'deals', 'topics'])
      // oxlint-disable-next-line no-await-in-loop -- few
      expect(await account.cells(name, '', ['meetings'])).toEqual([0]);
    expect((await account.report('next-steps')).rows).toEqual([]);
    expect(await account.cells('silent-deals', '1', ['meetings', 'lastMeeting'])).toEqual([0, null]);
    expect(await account.cells('coverage', '', ['meetings'])).toEqual([1]);
    expect(await account.behind('unmatched-people', 'x@x.example')).toEqual(['m']);
    const key = { workspaceId: account.workspaceId, meetingId: 'm' };
    await saveProgress(db, key, { status: 'syncing', reason: null });
    expect(await account.cells('score-by-outcome', 'open', ['meetings'])).toEqual([1]);
    await saveProgress(db, key, { status: 'skipped', reason: null });
    expect(await account.cells('score-by-outcome', '', ['meetings'])).toEqual([0]);
  });

  test('a meeting does not count once its deletion is requested', async () => {
    await account.records(dealRecord('1'));
    await account.put('goes', [deal('1')], { unmatched: [{ email: 'x@x.example', name: null }] });
    await account.put('stays', [deal('1')]);
    const key = { workspaceId: account.workspaceId, meetingId: 'goes' };
    const seen = async () => [
      await account.cells('coverage', '', ['meetings']),
      await account.behind('deals', '1'),
      await keys('unmatched-people'),
      await keys('next-steps'),
    ];
    expect(await seen()).toEqual([[2], ['goes', 'stays'], ['x@x.example'], ['goes/1', 'stays/1']]);
    await requestDeletion(db, key.workspaceId, key.meetingId);
    const left = [[1], ['stays'], [], ['stays/1']];
    expect(await seen()).toEqual(left);
    await finishDeletion(db, key);
    expect(await seen()).toEqual(left);
    const facts = await sql<{ count: number }>`
      select count(*) from meeting_facts where workspace_id = ${key.workspaceId} and meeting_id = ${key.meetingId}
    `.execute(db);
    expect(facts.rows).toEqual([{ count: 0 }]);
    // Posted again.
    await account.put('goes', [deal('1')]);
    expect((await account.behind('deals', '1'))?.toSorted()).toEqual(['goes', 'stays']);
  });

  test('reports reflect changed content and erased people', async () => {
    await account.put('m', [], { body: { ...scored(50), host: { email: 'a@northwind.example' } } });
    await account.put('m', [], {
      body: {
        ...scored(80),
        startedAt: '2026-11-10T10:00:00Z',
        host: { email: 'b@northwind.example' },
        participants: [{ email: 'x@x.example' }],
      },
    });
    expect(await keys('score-by-owner')).toEqual(['b@northwind.example']);
    expect(await account.cells('score-over-time', '2026-11-09', ['meetings', 'score'])).toEqual([1, 80]);
    expect(await keys('topics')).toEqual([]);
    await account.records(dealRecord('1'));
    await account.put('other', [deal('1')], { body: { participants: [{ email: 'x@x.example' }] } });
    expect(await account.cells('deals', '1', ['people'])).toEqual([1]);
    await erasePerson(
      db,
      { workspaceId: account.workspaceId, portalId: 1 },
      { emails: ['x@x.example'], names: [], records: [] },
    );
    expect(await account.cells('deals', '1', ['people', 'meetings'])).toEqual([0, 1]);
  });

  test('a meeting without a score counts but not in the average, and a score is in percent of its maximum', async () => {
    await account.put('none', [], { body: { summary: {} } });
    await account.put('of-five', [], { body: scored(4, 5) });
    await account.put('zero', [], { body: scored(0, 10) });
    expect(await account.cells('score-over-time', '', ['meetings', 'scored', 'score'])).toEqual([3, 2, 40]);
    expect((await account.behind('score-over-time', null, 'scored'))?.length).toBe(2);
    expect(await account.behind('score-over-time', null, 'score')).not.toContain('none');
    await account.put('alone', [], { body: { summary: {}, host: { email: 'x@northwind.example' } } });
    expect(await account.cells('score-by-owner', 'x@northwind.example', ['meetings', 'scored', 'score'])).toEqual([
      1,
      0,
      null,
    ]);
  });

  test('groups with fewer than five cases behind their averages are marked', async () => {
    await account.records(dealRecord('1'));
    for (let index = 0; index < 5; index += 1)
      // oxlint-disable-next-line no-await-in-loop -- five
      await account.put(`m-${index}`, [deal('1')], { body: index === 4 ? { summary: {} } : scored(50) });
    const few = async (name: string) => await account.cells(name, '', ['few']);
    expect([await few('score-over-time'), await few('score-by-outcome'), await few('topics')]).toEqual([
      [true],
      [true],
      [true],
    ]);
    await account.put('m-5', [deal('1')], { body: scored(50) });
    expect([await few('score-over-time'), await few('score-by-outcome'), await few('topics')]).toEqual([
      [false],
      [false],
      [false],
    ]);
    // One deal with several meetings, and no closed deal.
    expect([await few('deals-by-outcome'), await few('deals-by-meetings')]).toEqual([[true], [true]]);
  });
});

describe('Days', () => {
  test("periods are whole days in the account's time zone, also of 23 and 25 hours", async () => {
    await account.put('eve', [], at('2026-03-28T22:59:59.999Z'));
    await account.put('first', [], at('2026-03-28T23:00:00Z'));
    await account.put('last', [], at('2026-03-29T21:59:59.999Z'));
    await account.put('after', [], at('2026-03-29T22:00:00Z'));
    const within = async (from: string, to: string) =>
      (await account.behind('score-over-time', null, 'meetings', { from, to }))?.toReversed();
    expect(await within('2026-03-29', '2026-03-29')).toEqual(['first', 'last']);
    expect(await within('2026-03-28', '2026-03-28')).toEqual(['eve']);
    expect(await within('2026-03-30', '2026-03-30')).toEqual(['after']);
  });

  test('where clocks change at midnight, every meeting belongs to one day', async () => {
    account = await openAccount(db, { timeZone: 'America/Havana' });
    await account.put('before', [], at('2026-11-01T03:59:59Z'));
    await account.put('first', [], at('2026-11-01T04:30:00Z'));
    await account.put('second', [], at('2026-11-01T05:30:00Z'));
    const within = async (day: string) => await account.behind('coverage', null, 'meetings', { from: day, to: day });
    expect([await within('2026-10-31'), await within('2026-11-01')]).toEqual([['before'], ['second', 'first']]);
  });

  test('weeks begin on Monday and months on the first, and periods without meetings are listed', async () => {
    account = await openAccount(db, { timeZone: 'Asia/Kolkata' });
    // A Sunday and a Monday in the account's time zone; both are a Sunday in UTC.
    await account.put('sunday', [], at('2026-11-08T18:29:00Z'));
    await account.put('monday', [], at('2026-11-08T18:30:00Z'));
    await account.put('later', [], at('2026-11-24T10:00:00Z'));
    await account.put('october', [], at('2026-10-31T18:29:00Z'));
    const rows = async (interval: 'week' | 'month') =>
      (await account.report('score-over-time', { interval })).rows.map(({ key, meetings }) => [key, meetings]);
    expect(await rows('week')).toEqual([
      ['2026-10-26', 1],
      ['2026-11-02', 1],
      ['2026-11-09', 1],
      ['2026-11-16', 0],
      ['2026-11-23', 1],
    ]);
    expect(await rows('month')).toEqual([
      ['2026-10-01', 1],
      ['2026-11-01', 3],
    ]);
    expect(await account.behind('score-over-time', '2026-11-09')).toEqual(['monday']);
    expect(await account.behind('score-over-time', '2026-11-16')).toEqual([]);
  });

  test('a wrong year does not fill the table with empty weeks', async () => {
    await account.put('old', [], at('1971-11-03T10:00:00Z'));
    await account.put('now', []);
    expect(await keys('score-over-time')).toEqual(['1971-11-01', '2026-11-02']);
  });

  test('an unknown time zone counts as UTC', async () => {
    account = await openAccount(db, { timeZone: 'Mars/Olympus' });
    await account.put('m', [], at('2026-11-08T23:30:00Z'));
    expect(await account.report('score-over-time')).toMatchObject({ timeZone: 'UTC', rows: [{ key: '2026-11-02' }] });
  });
});

describe('Filters', () => {
  beforeEach(async () => {
    await account.records(
      dealRecord('1'),
      dealRecord('2', { dealstage: 's2' }),
      dealRecord('3', { pipeline: 'p0', dealstage: 't1' }),
    );
    await account.put('a', [deal('1'), company('1')], {
      body: { startedAt: '2026-11-02T10:00:00Z', host: { email: 'Ana@northwind.example' } },
    });
    await account.put('b', [deal('2'), deal('3'), { type: '2-1', id: '9' }], {
      body: { startedAt: '2026-11-03T10:00:00Z', host: { email: 'bo@northwind.example' } },
    });
    await account.put('c', [company('1')], {
      body: { startedAt: '2026-11-04T10:00:00Z', host: { email: 'ana@northwind.example' } },
    });
  });
  const through = async (filters: Parameters<Account['report']>[1]) =>
    (await account.behind('score-over-time', null, 'meetings', filters))?.toReversed().join('');

  test.each([
    [{ owner: 'ana@northwind.example' }, 'ac'],
    [{ from: '2026-11-03' }, 'bc'],
    [{ to: '2026-11-03' }, 'ab'],
    [{ pipeline: 'p1' }, 'ab'],
    [{ stage: 's2' }, 'b'],
    [{ pipeline: 'p0', stage: 's2' }, ''],
    [{ company: '1' }, 'ac'],
    [{ object: '2-1/9' }, 'b'],
    [{ object: '2-2/9' }, ''],
    [{ company: '1', owner: 'ana@northwind.example', from: '2026-11-03' }, 'c'],
    [{ company: '1', pipeline: 'p1' }, 'a'],
    [{ from: '2027-01-01' }, ''],
  ])('%j let through "%s"', async (filters, ids) => {
    expect(await through(filters)).toBe(ids);
  });

  test('reports by deal show only deals of the filtered pipeline and stage', async () => {
    expect(await keys('deals', { pipeline: 'p1' })).toEqual(['2', '1']);
    expect(await keys('score-by-pipeline', { stage: 's2' })).toEqual(['p1']);
    expect(await account.cells('deals-by-outcome', '', ['deals', 'meetings'], { stage: 's2' })).toEqual([1, 1]);
  });

  test('a period without meetings gives empty reports with totals of 0', async () => {
    const asked = { from: '2027-01-01', to: '2027-01-31' };
    for (const name of ['score-over-time', 'score-by-stage', 'deals-by-outcome', 'deals-by-people', 'deals', 'topics'])
      // oxlint-disable-next-line no-await-in-loop -- few
      expect(await account.report(name, asked)).toMatchObject({ rows: [], totals: { meetings: 0 } });
    expect(await account.cells('score-by-outcome', '', ['scored', 'score', 'deals'], asked)).toEqual([0, null, 0]);
    expect(await account.cells('coverage', 'contacts', ['meetings', 'share'], asked)).toEqual([0, null]);
    for (const name of ['next-steps', 'silent-deals', 'silent-companies', 'unmatched-people'])
      // oxlint-disable-next-line no-await-in-loop -- few
      expect((await account.report(name, asked)).rows).toEqual([]);
  });
});
