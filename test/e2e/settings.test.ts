import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { settingsSchema } from '../../src/meeting/settings';
import { deleteConnection } from '../../src/store/connections/connections';
import { changeSettings } from '../../src/store/settings/settings';
import { meeting } from '../support/meetings';
import { expectNoSeriousFindings } from './axe';
import { describeInChromium, overflowOf } from './chromium';
import { startFullStack, type FullStack } from './full-stack';

describeInChromium('A RevOps admin and the settings', (browser) => {
  let stack: FullStack;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    // The files here share the id of a HubSpot account. In one namespace, its changes would be one workflow.
    stack = await startFullStack({ ownNamespace: true });
  });
  afterAll(async () => {
    await stack.close();
  });
  beforeEach(async () => {
    await stack.connect();
    ({ page, complaints } = await stack.openPage(browser()));
    await openSettings();
  });
  afterEach(async () => {
    const { db } = stack.product;
    await changeSettings(db, stack.workspaceId, settingsSchema.parse({}), 'this test');
    await db.deleteFrom('settings_changes').execute();
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  const main = async () => await page.locator('main').innerText();
  const openSettings = async () => await page.goto(`${stack.url}/settings/integrations`);
  /** A browser of another person, who has no account here. */
  const guest = async () => await (await browser().newContext()).newPage();

  test('send a link to the HubSpot admin, who connects without an account here and gets no further', async () => {
    await deleteConnection(stack.product.db, stack.workspaceId);
    await openSettings();
    await page.getByRole('button', { name: 'Create a link' }).click();
    await expectNoSeriousFindings(page);
    const link = await page.getByLabel('Link to send').inputValue();
    const admin = await guest();
    await admin.goto(link);
    expect(await admin.locator('main').innerText()).toMatch('asks you to connect your HubSpot account');
    expect(await admin.getByRole('navigation').count()).toBe(0);
    await expectNoSeriousFindings(admin);
    await admin.getByRole('link', { name: 'Connect', exact: true }).click();
    await admin.getByRole('button', { name: 'Connect app' }).click();
    await admin.getByRole('heading', { name: 'Thank you' }).waitFor();
    await expectNoSeriousFindings(admin);
    for (const path of ['/meetings', '/settings/integrations', '/analytics']) {
      // oxlint-disable-next-line no-await-in-loop -- one page after the other
      await admin.goto(stack.url + path);
      // oxlint-disable-next-line no-await-in-loop -- as above
      expect(await admin.locator('main').innerText()).toMatch('Please sign in');
    }
    await admin.goto(link);
    expect(await admin.locator('main').innerText()).not.toMatch('asks you to connect');
    await admin.context().close();

    await openSettings();
    expect(await main()).toMatch('Connected');
    expect(await main()).toMatch('ID 4815162');
    expect(await main()).toMatch('None: everything works.');
  });

  test('see what a setting would do to the last meetings before it is saved, and who changed it after', async () => {
    const { crm } = stack.sandbox;
    const contact = crm.create('contacts', { email: 'marc.serra@acme.example' }).id;
    const openDeal = crm.create('deals', { dealname: 'Pilot', dealstage: 'appointmentscheduled' }).id;
    const lost = crm.create('deals', {
      dealname: 'Lost in spring',
      dealstage: 'closedlost',
      closedate: '2026-04-01T00:00:00Z',
    }).id;
    for (const deal of [openDeal, lost]) crm.associate('contacts', contact, 'deals', deal);
    const before = await stack.sync(meeting({ meetingId: 'm1', title: 'Discovery call' }));
    expect(before.links.filter(({ objectType }) => objectType === 'deals')).toHaveLength(2);
    await stack.sync(meeting({ meetingId: 'short', title: 'A short one', endedAt: '2026-11-03T10:05:00+01:00' }));
    await stack.apply();

    await openSettings();
    await page.getByLabel('Only open deals').check();
    await page.getByLabel('Minimum length').fill('10');
    await page.getByRole('button', { name: 'Preview' }).click();
    const preview = page.locator('#preview');
    await preview.waitFor();
    expect(await preview.innerText()).toMatch('No longer linked: 1 deal (Lost in spring).');
    expect(await preview.innerText()).toMatch(/A short one[\s\S]*It would no longer be in HubSpot\./);
    await expectNoSeriousFindings(page);
    expect(await stack.product.db.selectFrom('settings_changes').selectAll().execute()).toEqual([]);

    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Recent changes', { exact: true }).click();
    expect(await page.locator('.changes').first().innerText()).toMatch(/Only open deals: off → on/i);
    const after = await stack.resync('m1');
    expect(after.links.filter(({ objectType }) => objectType === 'deals').map(({ id }) => id)).toEqual([openDeal]);
    expect(await stack.resync('short')).toMatchObject({ status: 'skipped', reason: { code: 'meeting_excluded' } });
  });

  test('see at the field why a value cannot be saved, and keep their input', async () => {
    await page.getByLabel('Minimum length').fill('a while');
    await page.getByLabel('Your company’s e-mail domains').fill('not a domain');
    await page.getByRole('button', { name: 'Save' }).click();
    expect(await page.getByRole('alert').innerText()).toMatch('2 fields are not valid.');
    expect(await page.getByLabel('Minimum length').inputValue()).toBe('a while');
    expect(await page.locator('#minimumMinutes-errors').innerText()).toMatch('whole number');
    await expectNoSeriousFindings(page);
    expect(complaints.splice(0)).toEqual([expect.stringMatching('400')]);
  });

  test('create an API key, use it, and revoke it', async () => {
    const call = async (key: string) =>
      (await fetch(`${stack.url}/api/v1/connection`, { headers: { authorization: `Bearer ${key}` } })).status;
    await page.getByLabel('Name of a new key').fill('pipeline');
    await page.getByRole('button', { name: 'Create key' }).click();
    const key = await page.locator('#secret').inputValue();
    await expectNoSeriousFindings(page);
    expect(await call(key)).toBe(200);
    await page.getByRole('link', { name: 'Done' }).click();
    expect(await main()).not.toMatch(key);
    await page.getByRole('link', { name: 'Revoke the key pipeline' }).click();
    await expectNoSeriousFindings(page);
    await page.getByRole('button', { name: 'Revoke' }).click();
    await page.getByText('The key “pipeline” is revoked.').waitFor();
    expect(await call(key)).toBe(401);
  });

  test('invite a colleague, who signs in by name in a browser of their own', async () => {
    await page.getByLabel('E-mail of a new person').fill('ana@northwind.example');
    await page.getByLabel('Name (optional)').fill('Ana Ruiz');
    await page.getByRole('button', { name: 'Invite' }).click();
    const link = await page.getByLabel('Sign-in link').inputValue();
    const ana = await guest();
    await ana.goto(link);
    await expectNoSeriousFindings(ana);
    await ana.getByRole('button', { name: 'Sign in' }).click();
    await ana.waitForURL(`${stack.url}/overview`);
    expect(await ana.locator('.who').innerText()).toMatch('Ana Ruiz');
    await ana.getByRole('button', { name: 'Sign out', exact: true }).click();
    await ana.getByRole('heading', { name: 'You are signed out' }).waitFor();
    await expectNoSeriousFindings(ana);
    await ana.context().close();
  });

  test('read all of it on a phone, in the dark, and while HubSpot needs them', async () => {
    for (const options of [{}, { colorScheme: 'dark', viewport: { width: 390, height: 800 } }] as const) {
      // oxlint-disable-next-line no-await-in-loop -- one browser after the other
      const opened = await stack.openPage(browser(), options);
      ({ page } = opened);
      // oxlint-disable-next-line no-await-in-loop -- as above
      await openSettings();
      // oxlint-disable-next-line no-await-in-loop -- as above
      await expectNoSeriousFindings(page);
      // oxlint-disable-next-line no-await-in-loop -- as above
      expect(await overflowOf(page)).toBe(0);
      expect(opened.complaints).toEqual([]);
    }
    await stack.product.db.updateTable('connections').set({ state: 'reauthorize' }).execute();
    await openSettings();
    expect(await main()).toMatch('Reconnect');
    await expectNoSeriousFindings(page);
    await page.getByRole('link', { name: 'Reconnect', exact: true }).click();
    await page.getByRole('button', { name: 'Connect app' }).click();
    await page.waitForURL(`${stack.url}/settings/integrations`);
    await page.getByRole('link', { name: 'Disconnect' }).click();
    await expectNoSeriousFindings(page);
    await page.getByRole('button', { name: 'Disconnect' }).click();
    expect(await main()).toMatch('HubSpot is disconnected');
    await expectNoSeriousFindings(page);
  });
});
