import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { SECTIONS } from '../../src/http/pages/analytics/analytics-sections';
import { undoUnlinking } from '../../src/store/meetings/manual-links';
import { meeting } from '../support/meetings';
import { expectNoSeriousFindings } from './axe';
import { describeInChromium, overflowOf } from './chromium';
import { startFullStack, type FullStack } from './full-stack';

describeInChromium('A person and the analytics', (browser) => {
  let stack: FullStack;
  let page: Page;
  let complaints: string[];
  let wonDeal: string;

  beforeAll(async () => {
    // The files here share the id of a HubSpot account. In one namespace, its changes would be one workflow.
    stack = await startFullStack({ ownNamespace: true });
    await stack.connect();
    const { crm } = stack.sandbox;
    const deal = (dealname: string, dealstage: string) =>
      crm.create('deals', { dealname, dealstage, amount: '40000', deal_currency_code: 'EUR' }).id;
    wonDeal = deal('Acme: 120 seats', 'closedwon');
    const openDeal = deal('Beta: pilot', 'appointmentscheduled');
    for (const [name, domain, dealId] of [
      ['Acme Manufacturing', 'acme.example', wonDeal],
      ['Acme Foundation', 'acme-foundation.example', null],
      ['Beta Labs', 'beta.example', openDeal],
    ] as const) {
      const company = crm.create('companies', { name, domain, industry: 'COMPUTER_SOFTWARE' }).id;
      if (dealId !== null) crm.associate('companies', company, 'deals', dealId);
    }
    const scored = (meetingId: string, email: string, value: number, host = 'ana.ruiz@northwind.example') =>
      meeting({
        meetingId,
        title: `About ${meetingId}`,
        host: { email: host, name: host === 'ana.ruiz@northwind.example' ? 'Ana Ruiz' : 'Tom Becker' },
        participants: [{ email, name: 'A Person' }],
        summary: {
          overview: 'Overview',
          aiScore: { value, max: 100 },
          topics: [{ title: 'Budget & timing' }],
          nextSteps: [{ text: 'Send the offer', dueDate: '2026-11-06' }, { text: 'Call again' }],
        },
      });
    await stack.sync(scored('acme-1', 'one@acme.example', 80));
    await stack.sync(scored('acme-2', 'two@acme.example', 60));
    await stack.sync(scored('foundation-1', 'three@acme-foundation.example', 50));
    await stack.sync(scored('beta-1', 'four@beta.example', 30, 'tom.becker@northwind.example'));
    await stack.sync(scored('unknown-1', 'five@nowhere.example', 90));
    // Reads the records and what pipelines and stages are called.
    await stack.apply();
  });
  afterAll(async () => {
    await stack.close();
  });
  beforeEach(async () => {
    ({ page, complaints } = await stack.openPage(browser()));
  });
  afterEach(async () => {
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  const open = async (path: string) => await page.goto(stack.url + path);
  const section = (name: string) => page.locator('section.report', { has: page.getByRole('heading', { name }) });
  const openMenu = async (name: string) => {
    const menu = section(name).locator('.report-menu');
    if ((await menu.getAttribute('open')) === null) await menu.locator('summary').click();
  };
  const showTable = async (name: string) => {
    await openMenu(name);
    await section(name).getByRole('button', { name: 'Show as a table' }).click();
  };
  const figures = async (name: string) => {
    const table = section(name).locator('table');
    if (!(await table.isVisible())) await showTable(name);
    return (await table.innerText()).split('\n').map((line) => line.replaceAll('\t', ' ').trim());
  };

  test('see the overview and the meetings behind its numbers', async () => {
    await page.getByRole('link', { name: 'Analytics' }).click();
    await page.waitForURL(`${stack.url}/analytics`);
    const tiles = await page.locator('.tiles').innerText();
    expect(tiles.replaceAll('\n', ' ')).toMatch(
      'Meetings 4 4 with a score Average AI score 55 / 100 from 4 scored meetings Linked to a deal 60% 3 of 5 meetings Next steps overdue 4 4 without a date',
    );
    expect(await page.locator('.report figure').count()).toBe(3);
    expect(await section('AI score over time').innerText()).toMatch('The average is 55 / 100 over 4 meetings.');
    expect(await section('How many meetings are linked').innerText()).toMatch(
      '60% of all meetings are on the timeline of a deal, 20% on none.',
    );
    await expectNoSeriousFindings(page);
    const byOutcome = section('Meetings and people per deal, by outcome');
    expect(await byOutcome.innerText()).toMatch(/Won only 1 deal\s+Won:\s+Meetings per deal 2/);
    expect(await figures('Meetings and people per deal, by outcome')).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^Won only 1 deal 1 2 2 2/),
        expect.stringMatching(/^Open only 1 deal 1 1 1 1/),
      ]),
    );
    await expectNoSeriousFindings(page);
    await page.keyboard.press('Escape');

    // A bar leads to its meetings by pointer, and its label by keyboard.
    await byOutcome.locator('rect.won').first().click();
    await page.getByRole('heading', { name: 'Won: Meetings per deal' }).waitFor();
    await page.goBack();
    await byOutcome.getByRole('link', { name: 'Won: Meetings per deal 2' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Won: Meetings per deal' }).waitFor();
    await page.goBack();
    await section('AI score over time').locator('.reach').last().click();
    await page.getByRole('heading', { name: /^\d+ \w+ 20\d\d: Average AI score/ }).waitFor();
    await page.goBack();

    await showTable('Meetings and people per deal, by outcome');
    await section('Meetings and people per deal, by outcome')
      .getByRole('link', { name: '2', exact: true })
      .first()
      .click();
    await page.getByRole('heading', { name: 'Won: Meetings' }).waitFor();
    expect(await page.locator('table').innerText()).toMatch(
      /About acme-2[\s\S]*About acme-1|About acme-1[\s\S]*About acme-2/,
    );
    expect(await page.locator('tbody tr').count()).toBe(2);
    await expectNoSeriousFindings(page);
    await page.getByRole('link', { name: 'About acme-1' }).click();
    await page.getByRole('heading', { name: 'About acme-1', level: 1 }).waitFor();
  });

  test('narrow everything to an owner, a stage, and a company by its name', async () => {
    await open('/analytics?section=scores');
    await section('AI score by owner').locator('.bar-name').getByRole('link', { name: 'Tom Becker' }).click();
    await page.waitForURL(/owner=tom/);
    expect(await page.getByLabel('Owner', { exact: true }).inputValue()).toBe('tom.becker@northwind.example');
    expect(await page.locator('tfoot').innerText()).toMatch(/All\t\t1\t1\t30 \/ 100/);

    await page.getByRole('link', { name: 'Clear all filters' }).click();
    await page.getByText('Filters', { exact: true }).click();
    await page.getByLabel('Deal stage').selectOption({ label: 'Closed Won' });
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.waitForURL(/stage=closedwon/);
    expect(await page.locator('tfoot').innerText()).toMatch(/All\t\t2\t2\t70 \/ 100/);

    await page.getByLabel('Deal stage').selectOption('');
    await page.getByLabel('Company', { exact: true }).fill('acme');
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByText('Which company is “acme”?').waitFor();
    await expectNoSeriousFindings(page);
    await page.getByRole('link', { name: 'Acme Foundation' }).click();
    await page.waitForURL(/company=\d+/);
    expect(await page.locator('.chosen').innerText()).toMatch('Acme Foundation');
    expect(await page.locator('tfoot').innerText()).toMatch(/All\t\t1\t1\t50 \/ 100/);
    await page.getByRole('link', { name: 'Remove Acme Foundation' }).click();
    await page.getByText('Filters', { exact: true }).click();
    await page.getByLabel('Company', { exact: true }).fill('no such company');
    await page.getByRole('button', { name: 'Apply' }).click();
    expect(await page.getByRole('alert').innerText()).toMatch(
      'Company “no such company” matches no company that is linked to a meeting. This filter is ignored until you correct it.',
    );
  });

  test('narrow everything to an industry', async () => {
    await open('/analytics?section=context');
    expect(await section('AI score by lifecycle stage').innerText()).toMatch('No contact');
    await section('AI score by industry').locator('.bar-name').getByRole('link', { name: 'Computer software' }).click();
    await page.waitForURL(/industry=COMPUTER_SOFTWARE/);
    expect(await page.getByLabel('Industry', { exact: true }).inputValue()).toBe('COMPUTER_SOFTWARE');
    expect(await page.locator('tfoot').innerText()).toMatch(/All\t4\t4\t55 \/ 100\t3/);
    await page.getByLabel('Job title', { exact: true }).fill('No such title');
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByText('Nothing matches these filters: Industry and Job title.').waitFor();
    await expectNoSeriousFindings(page);
  });

  describe('whose meetings they change', () => {
    afterEach(async () => {
      const key = { workspaceId: stack.workspaceId, meetingId: 'acme-2' };
      const deal = { objectType: 'deals', id: wonDeal };
      await undoUnlinking(stack.product.db, key, stack.portalId, deal, { keep: false });
      await stack.resync('acme-2');
    });

    test('take a deal off a meeting by hand, and see the numbers follow', async () => {
      await open('/analytics?section=deals');
      expect(await figures('Meetings per deal')).toEqual(
        expect.arrayContaining([
          expect.stringMatching(/^Acme: 120 seats Won Sales Pipeline Closed Won 2 2 70 \/ 100 €40,000/),
        ]),
      );
      await open('/meetings/acme-2');
      await page.getByRole('button', { name: 'Unlink Acme: 120 seats' }).click();
      await page.locator('main').getByText('On timeline', { exact: true }).first().waitFor();
      await stack.until('acme-2', 'synced');
      await open('/analytics?section=deals');
      expect(await figures('Meetings per deal')).toEqual(
        expect.arrayContaining([
          expect.stringMatching(/^Acme: 120 seats Won Sales Pipeline Closed Won 1 1 80 \/ 100 €40,000/),
        ]),
      );
    });
  });

  test('take the numbers along as a file', async () => {
    await open('/analytics/topics');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      (async () => {
        await page.locator('.report-menu summary').click();
        await page.getByRole('link', { name: /Download CSV/ }).click();
      })(),
    ]);
    expect(download.suggestedFilename()).toBe('topics.csv');
    const text = await readFile(await download.path(), 'utf8');
    expect(text).toMatch(/^\uFEFFTopic,Meetings,/);
    expect(text).toMatch('Budget & timing,4,');
  });

  test('read every section, on a phone and in the dark, with nothing in the way', async () => {
    for (const options of [{}, { colorScheme: 'dark', viewport: { width: 390, height: 800 } }] as const) {
      // oxlint-disable-next-line no-await-in-loop -- one browser after the other
      const dark = await stack.openPage(browser(), options);
      page = dark.page;
      for (const path of [...SECTIONS.map(({ name }) => `/analytics?section=${name}`), '/analytics/deals']) {
        // oxlint-disable-next-line no-await-in-loop -- one page after the other
        await open(path);
        // oxlint-disable-next-line no-await-in-loop -- as above
        await expectNoSeriousFindings(page);
        // oxlint-disable-next-line no-await-in-loop -- as above
        expect([path, await overflowOf(page)]).toEqual([path, 0]);
      }
      expect(dark.complaints).toEqual([]);
    }
  });

  test('say what is missing, and blame only filters that are set', async () => {
    await open('/analytics?section=to-do&days=90');
    expect(await section('Companies going quiet').innerText()).toMatch(
      'Every company that had a meeting had one in the last 90 days.',
    );
    await open('/analytics?section=topics&owner=no.one@northwind.example');
    expect(await section('Topics').innerText()).toMatch('Nothing matches this filter: Owner.');
    await section('Topics').getByRole('link', { name: 'Clear all filters' }).click();
    await page.waitForURL(/section=topics$/);
    expect(await section('Topics').innerText()).toMatch('Budget & timing came up most: in 4 of 4 meetings.');
  });

  test('read charts and tables without JavaScript', async () => {
    ({ page, complaints } = await stack.openPage(browser(), { javaScriptEnabled: false }));
    await open('/analytics?section=scores');
    expect((await figures('AI score by outcome')).join(' ')).toMatch('Won only 2 scored meetings');
    await page.getByRole('button', { name: 'Close' }).click();
    await section('AI score by outcome').getByRole('link', { name: 'Won: 70 / 100' }).click();
    await page.getByRole('heading', { name: 'Won: Average AI score' }).waitFor();
  });
});
