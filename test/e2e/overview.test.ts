import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { meeting } from '../support/meetings';
import { expectNoSeriousFindings } from './axe';
import { describeInChromium, overflowOf } from './chromium';
import { startFullStack, type FullStack } from './full-stack';

const WIDTHS = [360, 768, 1440];

describeInChromium('A person and the overview', (browser) => {
  let stack: FullStack;
  let page: Page;
  let complaints: string[];

  beforeEach(async () => {
    // The files here share the id of a HubSpot account. In one namespace, its changes would be one workflow.
    stack = await startFullStack({ ownNamespace: true });
    ({ page, complaints } = await stack.openPage(browser()));
  });
  afterEach(async () => {
    expect(complaints).toEqual([]);
    await page.context().close();
    await stack.close();
  });

  const open = async (path = '/overview') => await page.goto(stack.url + path);
  const need = (code: string) => page.locator(`#need-${code}`);
  const step = (id: string) => page.locator(`#step-${id}`);
  const primaries = async () => await page.locator('main .btn-primary:visible').allInnerTexts();
  const knownContact = () =>
    stack.sandbox.crm.create('contacts', { email: 'marc.serra@acme.example', firstname: 'Marc', lastname: 'Serra' }).id;

  /** Nothing serious for axe, and no scrolling sideways, at three widths in light and dark. */
  const expectGoodLooks = async (state: string) => {
    const folder = process.env['SHOTS'];
    for (const colorScheme of ['light', 'dark'] as const)
      for (const width of WIDTHS) {
        // oxlint-disable-next-line no-await-in-loop -- one look after the other
        await page.emulateMedia({ colorScheme });
        // oxlint-disable-next-line no-await-in-loop -- as above
        await page.setViewportSize({ width, height: 900 });
        // oxlint-disable-next-line no-await-in-loop -- as above
        expect([state, width, await overflowOf(page)]).toEqual([state, width, 0]);
        // oxlint-disable-next-line no-await-in-loop -- as above
        if (width !== 768) await expectNoSeriousFindings(page);
        const path = `${folder}/overview-${state}-${width}-${colorScheme}.png`;
        // oxlint-disable-next-line no-await-in-loop -- as above
        if (folder !== undefined) await page.screenshot({ path, fullPage: true });
      }
    await page.setViewportSize({ width: 1280, height: 900 });
  };

  test('begin with a checklist, connect, and try it with an example meeting', async () => {
    await open('/');
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    expect(page.url()).toBe(`${stack.url}/overview`);
    expect(await page.locator('.connection').innerText()).toMatch('HubSpot not connected');
    expect(await page.locator('.banner').count()).toBe(0);
    expect(await primaries()).toEqual(['Connect']);
    await expectGoodLooks('first-run');

    await step('connect').getByRole('link', { name: 'Connect' }).click();
    await page.getByRole('button', { name: 'Connect app' }).click();
    await page.getByRole('link', { name: 'Watch them arrive' }).click();
    await page.waitForURL(`${stack.url}/overview`);
    expect(await step('connect').innerText()).toMatch('Done');
    expect(await page.locator('.connection').innerText()).toMatch(/HubSpot connected\s+northwind\.example/);
    expect(await primaries()).toEqual(['Try it with an example meeting']);

    await page.getByRole('button', { name: 'Try it with an example meeting' }).click();
    await page.getByRole('heading', { name: /^Example: Bluewater Logistics/, level: 1 }).waitFor();
    await stack.until('example-meeting', 'skipped');
    await page.locator('#reason').getByText('are not in HubSpot.').waitFor();
    await open();
    expect(await step('example').innerText()).toMatch('Done');
    expect(await page.locator('.headline').innerText()).toMatch('1 meeting is not on a HubSpot timeline yet');
    // The people of the example are invented, so the page does not offer to create them.
    expect(await primaries()).toEqual(['How to import']);

    await open('/meetings/example-meeting');
    await page.getByLabel('More actions').click();
    await page.getByRole('link', { name: 'Remove from HubSpot' }).click();
    await page.getByRole('button', { name: 'Remove from HubSpot' }).click();
    await page.locator('main .badge', { hasText: 'Deleted' }).first().waitFor();
  });

  test('see meetings wait for a connection, and arrive after Connect', async () => {
    knownContact();
    for (let index = 0; index < 3; index += 1) await stack.post(meeting({ meetingId: `waiting-${index}` }));
    for (let index = 0; index < 3; index += 1) await stack.until(`waiting-${index}`, 'needs_attention');
    for (const path of ['/overview', '/meetings', '/analytics', '/settings/integrations']) {
      await open(path);
      expect(await page.locator('.banner.bad').innerText()).toMatch(
        /HubSpot is not connected\. 3 meetings have been waiting since .*\. No meeting is lost\./,
      );
      expect(
        await page
          .getByRole('link', { name: /^Meetings/ })
          .first()
          .innerText(),
      ).toMatch('3');
    }
    await open();
    expect(await need('not_connected').innerText()).toMatch('3 meetings wait for a HubSpot account');
    expect(await page.getByRole('button', { name: /^Retry/ }).count()).toBe(0);
    await expectGoodLooks('waiting-for-connection');

    await page.locator('.banner').getByRole('link', { name: 'Connect HubSpot' }).click();
    await page.getByRole('button', { name: 'Connect app' }).click();
    await page.getByRole('link', { name: 'Watch them arrive' }).click();
    await page.evaluate("document.body.dataset['same'] = 'yes'");
    // As the server does beside it.
    await stack.starter.sweep(0);
    await page.getByText('3 meetings that waited for HubSpot are done.').waitFor();
    await page.getByText('All 3 meetings are on HubSpot timelines').waitFor();
    // The page followed automatically, and with it the navigation's count.
    expect(await page.evaluate("document.body.dataset['same']")).toBe('yes');
    expect(await page.locator('#needs-you-count').innerText()).toBe('');
    expect(await page.locator('.connection').innerText()).toMatch('Last sync');
    await expectGoodLooks('all-well');
  });

  test('find each cause with the button that mends it, and mend them', async () => {
    await stack.connect();
    const contact = knownContact();
    const deal = { dealname: 'Acme: 120 seats', dealstage: 'appointmentscheduled', amount: '62000' };
    stack.sandbox.crm.associate('contacts', contact, 'deals', stack.sandbox.crm.create('deals', deal).id);
    await stack.sync(meeting({ meetingId: 'fine', title: 'Fine' }));
    const participants = [{ email: 'nora@new.example', name: 'Nora New' }];
    await stack.sync(meeting({ meetingId: 'unknown', title: 'Unknown', participants }));
    stack.sandbox.faults.add({
      match: { method: 'POST', path: '/meetings/batch/create' },
      action: {
        kind: 'status',
        status: 400,
        body: {
          status: 'error',
          message:
            'Property values were not valid: [{"isValid":false,"message":"Completed was not one of the allowed options","error":"INVALID_OPTION","name":"hs_meeting_outcome"}]',
          category: 'VALIDATION_ERROR',
          correlationId: 'c0ffee',
        },
      },
    });
    await stack.sync(meeting({ meetingId: 'refused', title: 'Refused' }));
    stack.sandbox.faults.clear();
    await stack.apply();
    await open();
    expect(await page.locator('.headline').innerText()).toMatch('1 of 3 meetings are on HubSpot timelines');
    expect(await need('hubspot_rejected').innerText()).toMatch('HubSpot refused to save 1 meeting');
    expect(
      await need('hubspot_rejected')
        .getByRole('link', { name: 'Open property in HubSpot: hs_meeting_outcome' })
        .count(),
    ).toBe(1);
    expect(await need('no_crm_match').innerText()).toMatch(
      /1 person from 1 meeting is not in HubSpot\s+Nora New \(1 meeting\)\./,
    );
    expect(await primaries()).toHaveLength(1);
    const overdue = page.locator('section', { has: page.getByRole('heading', { name: 'Overdue next steps' }) });
    expect(await overdue.innerText()).toMatch(/Send the security questionnaire\s+Ana Ruiz · Fine\s+\d+ days? late/);
    await expectGoodLooks('failing');

    await need('hubspot_rejected').getByRole('button', { name: 'Retry' }).click();
    await page.waitForURL(`${stack.url}/overview`);
    await stack.starter.sweep(0);
    await stack.until('refused', 'synced');
    await need('hubspot_rejected').waitFor({ state: 'detached' });

    await page.getByRole('button', { name: 'Create 1 contact' }).click();
    await page.getByText('Creating 1 contact.').waitFor();
    await stack.starter.sweep(0);
    await page.getByText('All 3 meetings are on HubSpot timelines').waitFor();
    expect(
      stack.sandbox.crm.list('contacts').filter(({ properties }) => properties['email'] === 'nora@new.example'),
    ).toHaveLength(1);
    await page.getByText('Nothing needs you.').waitFor();
  });

  test('see on every page that HubSpot is disconnected, that it waits, and that syncing is paused', async () => {
    await stack.connect();
    knownContact();
    await stack.sync(meeting({ meetingId: 'fine', title: 'Fine' }));
    const { db } = stack.product;
    const bannerOn = async (path: string) => {
      await open(path);
      return await page.locator('.banner').innerText();
    };

    // A page that is open follows, and nothing on it moves.
    const look = "document.dispatchEvent(new Event('visibilitychange'))";
    const top = async () => (await page.getByRole('heading', { level: 1 }).boundingBox())?.y;
    await open('/analytics');
    const before = await top();
    await db.updateTable('connections').set({ state: 'reauthorize' }).execute();
    await page.evaluate(look);
    await page.getByRole('status').getByText('HubSpot is disconnected.').waitFor();
    expect(await page.locator('.connection').innerText()).toMatch('HubSpot disconnected');
    expect(await top()).toBe(before);
    await expectGoodLooks('disconnected-meanwhile');
    await open('/analytics');
    await db.updateTable('connections').set({ state: 'connected' }).execute();
    await page.evaluate(look);
    await page.getByRole('status').getByText('This is solved.').waitFor();
    await db.updateTable('connections').set({ state: 'reauthorize' }).execute();
    expect(await bannerOn('/meetings')).toMatch(/HubSpot is disconnected\.[\s\S]*Reconnect HubSpot/);
    expect(await bannerOn('/overview')).toMatch('HubSpot is disconnected.');
    expect(await page.locator('.connection').innerText()).toMatch('HubSpot disconnected');
    await expectGoodLooks('reauthorise');
    await page.getByRole('link', { name: 'Reconnect HubSpot' }).click();
    await page.getByRole('button', { name: 'Connect app' }).click();
    await page.getByText('is connected again.').waitFor();
    expect(await page.locator('.banner').count()).toBe(0);

    const until = new Date(Date.now() + 3_600_000);
    await db
      .insertInto('hubspot_budgets')
      .values({
        portal_id: stack.portalId,
        budget: 'search',
        next_at: until,
        closed_until: until,
        closed_reason: 'day',
      })
      .onConflict((conflict) =>
        conflict.columns(['portal_id', 'budget']).doUpdateSet({ closed_until: until, closed_reason: 'day' }),
      )
      .execute();
    expect(await bannerOn('/analytics')).toMatch(/daily limit is used up\.[\s\S]*Try now/);
    await open();
    await expectGoodLooks('waiting');
    await db.deleteFrom('hubspot_budgets').execute();

    await db.deleteFrom('processes').execute();
    expect(await bannerOn('/overview')).toMatch('Syncing is paused: the sync service is not running.');
    await expectGoodLooks('paused');
  });

  test('find the example in the empty list of meetings, too', async () => {
    await open('/meetings');
    await page.getByRole('heading', { name: 'No meetings yet' }).waitFor();
    await expectGoodLooks('no-meetings');
    await page.getByRole('button', { name: 'Try it with an example meeting' }).click();
    await page.getByRole('heading', { name: /^Example: /, level: 1 }).waitFor();
  });

  test('use it without JavaScript', async () => {
    const context = await browser().newContext({
      javaScriptEnabled: false,
      storageState: await page.context().storageState(),
    });
    const plain = await context.newPage();
    await plain.goto(`${stack.url}/overview`);
    await plain.getByRole('button', { name: 'Try it with an example meeting' }).click();
    await plain.getByRole('heading', { name: /^Example: /, level: 1 }).waitFor();
    await context.close();
  });
});
