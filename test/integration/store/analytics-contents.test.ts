import { beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { useDatabase } from '../../support/use-database';
import { company, deal, dealRecord, openAccount, type Account } from './analytics/account';

const { db } = useDatabase();
let account: Account;
beforeEach(async () => {
  account = await openAccount(db);
});

const about = (...titles: string[]) => ({ body: { summary: { topics: titles.map((title) => ({ title })) } } });

describe('Topics and Smart Categories', () => {
  test('spellings that differ in case, accents or spaces are one topic, named after the first', async () => {
    await account.put('a', [], about('Facturación  y\tplazos', 'FACTURACION y plazos', 'Other'));
    await account.put('b', [], about('facturacion Y PLAZOS'));
    await account.put('c', [], about('ﬁnance', 'ПЛАН'));
    await account.put('d', [], about('Finance', 'план'));
    const { rows } = await account.report('topics');
    expect(rows.map(({ topic, meetings }) => [topic, meetings])).toEqual([
      ['Facturación  y\tplazos', 2],
      ['ﬁnance', 2],
      ['ПЛАН', 2],
      ['Other', 1],
    ]);
    expect(await account.behind('topics', 'facturacion y plazos')).toEqual(['a', 'b']);
  });

  test('a meeting counts for a Smart Category with a note or a clip', async () => {
    const note = { kind: 'note' as const, text: 'Text.' };
    const categories = (...all: [string, number][]) => ({
      body: {
        smartCategories: all.map(([name, count]) => ({ name, items: Array.from({ length: count }, () => note) })),
      },
    });
    await account.put('a', [], categories(['Objections', 0], ['objections', 2], ['Empty', 0]));
    await account.put('b', [], categories(['Objections', 1]));
    const { rows } = await account.report('smart-categories');
    expect(rows.map(({ topic, meetings }) => [topic, meetings])).toEqual([['objections', 2]]);
  });

  test('the columns are the outcomes or stages of the deals, and their meetings can be listed', async () => {
    await account.records(
      dealRecord('1'),
      dealRecord('2', { dealstage: 's2', hs_is_closed: 'true', hs_is_closed_won: 'true' }),
    );
    await account.put('both', [deal('1'), deal('2')], about('Budget'));
    await account.put('none', [], about('Budget'));
    await account.put('other', [deal('2')], about('Legal'));
    const byStage = await account.report('topics', { by: 'stage' });
    expect(byStage.columns.slice(3)).toMatchObject([
      { key: 'in:p1/s1', label: 'New business: Qualified', meetings: true },
      { key: 'in:p1/s2', label: 'New business: Closed won' },
      { key: 'in:(none)', label: 'No deal' },
    ]);
    expect(await account.cells('topics', 'budget', ['meetings', 'in:won', 'in:open', 'in:(none)'])).toEqual([
      2, 1, 1, 1,
    ]);
    expect(await account.behind('topics', 'budget', 'in:p1/s2', { by: 'stage' })).toEqual(['both']);
    expect((await account.behind('topics', null, 'in:won'))?.toSorted()).toEqual(['both', 'other']);
  });

  test('the most frequent topics are listed with the total number', async () => {
    await account.put('a', [], about('One', 'Two', 'Three'));
    await account.put('b', [], about('Two', 'Three'));
    const { rows, notes } = await account.report('topics', { limit: 2 });
    expect(rows.map(({ key }) => key)).toEqual(['three', 'two']);
    expect(notes).toContain('The 2 most frequent of 3.');
  });
});

describe('Next steps', () => {
  beforeEach(async () => {
    const steps = [
      { text: 'Undated' },
      { text: 'Due yesterday', owner: 'Ana', dueDate: '2026-11-23' },
      { text: 'Due today', owner: 'Ana', dueDate: '2026-11-24' },
      { text: 'Long due', dueDate: '2024-02-29' },
    ];
    await account.put('m', [], {
      body: { host: { email: 'Ana@northwind.example', name: 'Ana' }, summary: { nextSteps: steps } },
    });
  });

  test('steps without a date and overdue ones are listed with their owner and meeting', async () => {
    const { rows, totals } = await account.report('next-steps');
    expect(
      rows.map(({ step, state, due, daysOverdue, stepOwner }) => [step, state, due, daysOverdue, stepOwner]),
    ).toEqual([
      ['Undated', 'No due date', null, null, null],
      ['Due yesterday', 'Overdue', '2026-11-23', 1, 'Ana'],
      ['Long due', 'Overdue', '2024-02-29', 999, null],
    ]);
    expect(rows[0]).toMatchObject({
      key: 'm/1',
      meetingId: 'm',
      owner: 'Ana',
      email: 'ana@northwind.example',
      date: '2026-11-03',
    });
    expect(totals).toMatchObject({ steps: 3, overdue: 2, undated: 1, meetings: 1 });
  });

  test('a filter lists only one kind, and totals include steps beyond the limit', async () => {
    expect((await account.report('next-steps', { due: 'none' })).rows.map(({ step }) => step)).toEqual(['Undated']);
    const overdue = await account.report('next-steps', { due: 'overdue', limit: 1 });
    expect(overdue).toMatchObject({ rows: [{ step: 'Due yesterday' }], totals: { steps: 2, undated: 0, overdue: 2 } });
    expect(overdue.notes).toContain('The list shows the newest meetings: 1 of 2.');
  });

  test("today is the day in the account's time zone", async () => {
    account = await openAccount(db, { timeZone: 'Pacific/Kiritimati' });
    await account.put('m', [], { body: { summary: { nextSteps: [{ text: 'Due', dueDate: '2026-11-24' }] } } });
    expect(await account.cells('next-steps', 'm/1', ['daysOverdue'])).toEqual([1]);
  });
});

describe('Time to close', () => {
  const closed = (createdate: string | null, closedate: string | null, won = true) => ({
    dealstage: won ? 's2' : 's3',
    hs_is_closed: 'true',
    hs_is_closed_won: String(won),
    createdate,
    closedate,
  });
  const days = async (properties: Record<string, string | null>) => {
    await account.records(dealRecord('1', properties));
    await account.put('m', [deal('1')]);
    const [cell] = (await account.cells('deals', '1', ['daysToClose'])) ?? [];
    return cell;
  };

  test.each([
    ['to the hour', closed('2026-11-01T00:00:00Z', '2026-11-11T12:00:00.000Z'), 10.5],
    ['of a lost deal', closed('2026-11-01T00:00:00.123Z', '2026-11-02T00:00:00.123Z', false), 1],
    ['over the change of clocks', closed('2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z'), 1.04],
    ['in milliseconds, as HubSpot may say it', closed('1793491200000', '1793577600000'), 1],
    ['with an offset', closed('2026-11-01T02:00:00+02:00', '2026-11-02T00:00:00Z'), 1],
    // The first meeting was on 3 November, so it did not help to close the deal.
    ['closed before its first meeting', closed('2026-09-01T00:00:00Z', '2026-09-11T00:00:00Z'), 10],
    ['on the day it was made', closed('2026-11-01T00:00:00Z', '2026-11-01T00:00:00Z'), 0],
    // Imported with an older close date.
    ['closed before it was created', closed('2026-11-01T00:00:00Z', '2026-10-01T00:00:00Z'), null],
    ['without a close date', closed('2026-11-01T00:00:00Z', null), null],
    ['with a close date that is none', closed('2026-11-01T00:00:00Z', '2026-02-30T99:00:00Z'), null],
    [
      'open, regardless of its expected close date',
      { ...closed('2026-11-01T00:00:00Z', '2026-11-09T00:00:00Z'), hs_is_closed: 'false', hs_is_closed_won: 'false' },
      null,
    ],
  ])('%s', async (_, properties, expected) => {
    expect(await days(properties)).toBe(expected);
  });

  test('averages and medians include only deals with a value', async () => {
    const created = '2026-06-01T00:00:00Z';
    await account.records(
      dealRecord('1', closed(created, '2026-06-02T00:00:00Z')),
      dealRecord('2', closed(created, '2026-06-04T00:00:00Z')),
      dealRecord('3', closed(created, '2026-06-12T00:00:00Z')),
      dealRecord('4', closed(created, '2026-05-01T00:00:00Z')),
      dealRecord('5', closed(created, '2026-06-08T00:00:00Z', false)),
      dealRecord('6'),
    );
    await account.put('all', ['1', '2', '3', '4', '5', '6'].map(deal));
    await account.put('again', [deal('1'), deal('5')], { body: { participants: [{ email: 'b@b.example' }] } });
    const columns = ['deals', 'meetings', 'meetingsPerDeal', 'peoplePerDeal', 'medianDaysToClose', 'daysToClose'];
    expect(await account.cells('deals-by-outcome', 'won', columns)).toEqual([4, 2, 1.25, 1.25, 3, 5]);
    expect(await account.cells('deals-by-outcome', 'open', columns)).toEqual([1, 1, 1, 1, null, null]);
    expect(await account.cells('deals-by-meetings', '2', ['won', 'lost', 'open', 'winRate', 'daysToClose'])).toEqual([
      1, 1, 0, 50, 4,
    ]);
    expect(await account.cells('deals-by-people', '1', ['deals', 'won', 'open', 'winRate', 'meetingsPerDeal'])).toEqual(
      [4, 3, 1, 100, 1],
    );
    expect(await account.behind('deals-by-meetings', '2', 'lost')).toEqual(['again', 'all']);
    expect(await account.behind('deals-by-outcome', 'open', 'deals')).toEqual(['all']);
    expect(await account.behind('deals-by-outcome', 'open', 'daysToClose')).toEqual([]);
  });
});

test("amounts stay in the deal's currency and are only added within one", async () => {
  await account.records(
    dealRecord('1', { amount: '1200.50', deal_currency_code: 'EUR' }),
    dealRecord('2', { amount: '-3', deal_currency_code: 'USD' }),
    dealRecord('3', { amount: '1,5' }),
    dealRecord('4', { amount: '300', deal_currency_code: 'EUR' }),
    dealRecord('5', { amount: '10' }),
  );
  await account.put('m', ['1', '2', '3', '4', '5'].map(deal));
  const { rows, totals } = await account.report('deals');
  expect(rows.map(({ amount, currency }) => [amount, currency])).toEqual([
    [1200.5, 'EUR'],
    [-3, 'USD'],
    [null, null],
    [300, 'EUR'],
    [10, null],
  ]);
  const sums = '€1,500.50 · -$3 · 10';
  expect(totals).toMatchObject({ amount: sums });
  const silent = await account.report('silent-deals', { days: 1 });
  expect(silent.totals).toMatchObject({ amount: sums, neverMet: 0 });
  expect(silent.notes).toContain('Amounts without a currency are in the currency of the HubSpot account.');
});

test("amounts without a currency are in the account's, and the stage leaves the pipeline to its own column", async () => {
  account = await openAccount(db, { currency: 'EUR' });
  await account.records(
    dealRecord('1', { amount: '100' }),
    dealRecord('2', { amount: '7', deal_currency_code: 'USD' }),
    dealRecord('3', { amount: '20', dealstage: 'of another time' }),
  );
  await account.put('m', ['1', '2', '3'].map(deal));
  for (const name of ['deals', 'silent-deals']) {
    // oxlint-disable-next-line no-await-in-loop -- one report after the other
    const { rows, totals, notes } = await account.report(name, { days: 1 });
    expect(totals).toMatchObject({ amount: '€120 · $7' });
    expect(rows).toMatchObject([
      { key: '1', currency: 'EUR', pipeline: 'New business', stage: 'Qualified' },
      { key: '2', currency: 'USD', pipeline: 'New business', stage: 'Qualified' },
      { key: '3', currency: 'EUR', pipeline: 'New business', stage: 'of another time' },
    ]);
    expect(notes.join(' ')).not.toMatch('currency');
  }
});

describe('Silence', () => {
  test('open deals without a meeting for N days are listed with their last meeting, or by their creation', async () => {
    await account.records(
      dealRecord('1'),
      dealRecord('2', { createdate: '2026-11-20T23:30:00Z' }),
      dealRecord('3', { hs_is_closed: 'true' }),
      dealRecord('4', { createdate: null }),
    );
    await account.put('m', [deal('1'), deal('3')]);
    const silent = async (days: number, filters = {}) =>
      (await account.report('silent-deals', { days, ...filters })).rows.map(({ key, daysSilent, lastMeeting }) => [
        key,
        daysSilent,
        lastMeeting,
      ]);
    expect(await silent(3)).toEqual([
      ['4', null, null],
      ['1', 21, '2026-11-03'],
      ['2', 3, null],
    ]);
    expect(await silent(4)).toEqual([
      ['4', null, null],
      ['1', 21, '2026-11-03'],
    ]);
    expect(await silent(22)).toEqual([['4', null, null]]);
    // A deal that another host met since is not silent. A deal without meetings belongs to no host.
    await account.put('later', [deal('1')], {
      body: { startedAt: '2026-11-20T10:00:00Z', host: { email: 'bo@b.example' } },
    });
    expect(await silent(3, { owner: 'ana.ruiz@northwind.example' })).toEqual([['1', 4, '2026-11-20']]);
  });

  test('a company filter lists that company, not the other companies of its meetings', async () => {
    await account.records(
      { type: 'companies', id: '1', properties: { name: 'Acme', hubspot_owner_id: '1' } },
      { type: 'companies', id: '2', properties: { domain: 'beta.example', hubspot_owner_id: '77' } },
    );
    await account.put('m', [company('1'), company('2')]);
    const { rows } = await account.report('silent-companies', { company: '1', days: 21 });
    expect(rows).toMatchObject([{ company: 'Acme', owner: 'Ana Ruiz', objectType: 'companies', recordId: '1' }]);
    expect(await account.cells('silent-companies', '2', ['company', 'owner'], { days: 21 })).toEqual([
      'beta.example',
      null,
    ]);
  });
});

test('the facts of a body that violates the schema are those that can be read', async () => {
  const key = { workspace_id: account.workspaceId, meeting_id: 'odd' };
  await account.put('odd', []);
  for (const body of [
    {},
    { host: 7, summary: 'none', smartCategories: {} },
    { summary: { aiScore: { value: 'x', max: 0 }, topics: [1] } },
  ])
    // oxlint-disable-next-line no-await-in-loop -- three
    await sql`update meetings set body = ${JSON.stringify(body)}::jsonb where workspace_id = ${key.workspace_id} and meeting_id = ${key.meeting_id}`.execute(
      db,
    );
  expect(await account.cells('score-over-time', '', ['meetings', 'scored'])).toEqual([1, 0]);
});
