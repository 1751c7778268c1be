import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { settingsSchema } from '../../src/meeting/settings';
import { deleteConnection } from '../../src/store/connections/connections';
import { recordHeartbeat } from '../../src/store/processes/processes';
import { changeSettings, loadSettings } from '../../src/store/settings/settings';
import { meeting } from '../support/meetings';
import { expectNoSeriousFindings } from './axe';
import { describeInChromium, overflowOf } from './chromium';
import { startFullStack, type FullStack } from './full-stack';
import { TEST_ACTOR } from '../support/actors';

const PAGES = [
  'integrations',
  'meetings',
  'linking',
  'appearance',
  'fields',
  'keys',
  'members',
  'sign-in',
  'sessions',
  'changes',
];

describeInChromium('A RevOps admin and the settings', (browser) => {
  let stack: FullStack;
  let page: Page;
  let complaints: string[];
  /** The only participant who is in HubSpot. */
  let contact: string;

  beforeAll(async () => {
    // The files here share the id of a HubSpot account. In one namespace, its changes would be one workflow.
    stack = await startFullStack({ ownNamespace: true });
    contact = stack.sandbox.crm.create('contacts', { email: 'marc.serra@acme.example' }).id;
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
    await changeSettings(db, stack.workspaceId, settingsSchema.parse({}), TEST_ACTOR);
    await db.deleteFrom('meetings').execute();
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  const main = async () => await page.locator('main').innerText();
  const openSettings = async (name = 'integrations') => await page.goto(`${stack.url}/settings/${name}`);
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
    expect(await main()).toMatch('None missing: everything works.');
  });

  test('see what a setting would do to the last meetings before it is saved, and who changed it after', async () => {
    const { crm } = stack.sandbox;
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

    await openSettings('linking');
    expect(await page.getByRole('button', { name: 'Save' }).isVisible()).toBe(false);
    await page.getByLabel('Only open deals').check();
    await page.getByText('Changes 2 of your last 2 meetings.').click();
    expect(await page.locator('#effect').innerText()).toMatch('No longer linked: 1 deal (Lost in spring).');
    expect(await page.getByRole('button', { name: 'What changes?' }).isVisible()).toBe(false);
    await expectNoSeriousFindings(page);
    await page.getByLabel('Only open deals').uncheck();
    expect(await page.getByRole('button', { name: 'Save' }).isVisible()).toBe(false);
    await page.getByLabel('Only open deals').check();
    expect(await loadSettings(stack.product.db, stack.workspaceId)).toMatchObject({ openDealsOnly: false });
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved. Applies to new meetings.').waitFor();

    await openSettings('meetings');
    await page.getByLabel('Skip meetings shorter than').fill('10');
    await page.getByText('Changes 1 of your last 2 meetings.').click();
    expect(await page.locator('#effect').innerText()).toMatch(/A short one[\s\S]*It would no longer be in HubSpot\./);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('link', { name: 'Apply to past meetings' }).click();
    expect(await main()).toMatch('2 meetings are compared with the settings');
    await expectNoSeriousFindings(page);
    await page.getByRole('button', { name: 'Apply to past meetings' }).click();
    await page.getByText('Applying the settings to 2 past meetings.').waitFor();
    await openSettings('changes');
    expect(await main()).toMatch(/Only open deals: off →\s+becomes\s+on/i);
    await expectNoSeriousFindings(page);
    const after = await stack.resync('m1');
    expect(after.links.filter(({ objectType }) => objectType === 'deals').map(({ id }) => id)).toEqual([openDeal]);
    expect(await stack.resync('short')).toMatchObject({ status: 'skipped', reason: { code: 'meeting_excluded' } });
  });

  test('are warned before unsaved changes are lost, and can discard them', async () => {
    await openSettings('meetings');
    const answers: string[] = [];
    page.on('dialog', (dialog) => {
      answers.push(dialog.type());
      void dialog.dismiss();
    });
    await page.getByLabel('Skip internal meetings').check();
    await page.getByRole('link', { name: 'What gets linked' }).click({ noWaitAfter: true });
    await page.getByRole('button', { name: 'Save' }).waitFor();
    expect(page.url()).toMatch('/settings/meetings');
    expect(answers).toEqual(['beforeunload']);
    await page.getByRole('link', { name: 'Discard' }).click();
    await page.waitForLoadState();
    expect(await page.getByLabel('Skip internal meetings').isChecked()).toBe(false);
    await page.getByRole('link', { name: 'What gets linked' }).click();
    await page.waitForURL(`${stack.url}/settings/linking`);
    expect(answers).toEqual(['beforeunload']);
  });

  test('change settings without scripts, and keep what a colleague changed on another page meanwhile', async () => {
    await stack.sync(meeting({ meetingId: 'plain', title: 'Plain', endedAt: '2026-11-03T10:05:00+01:00' }));
    const plain = await stack.openPage(browser(), { javaScriptEnabled: false });
    await plain.page.goto(`${stack.url}/settings/meetings`);
    await plain.page.getByLabel('Skip meetings shorter than').fill('10');
    await plain.page.getByRole('button', { name: 'What changes?' }).click();
    expect(await plain.page.locator('#effect').innerText()).toMatch('See which');
    await openSettings('linking');
    await page.getByLabel('Only open deals').check();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved. Applies to new meetings.').waitFor();
    await plain.page.getByRole('button', { name: 'Save' }).click();
    expect(await plain.page.locator('main').innerText()).toMatch('Saved. Applies to new meetings.');
    expect(await loadSettings(stack.product.db, stack.workspaceId)).toMatchObject({
      minimumMinutes: 10,
      openDealsOnly: true,
    });
    await plain.page.context().close();
  });

  test('see at the field why a value cannot be saved, and keep their input', async () => {
    await openSettings('meetings');
    await page.getByLabel('Skip meetings shorter than').fill('a while');
    await page.getByLabel('Your company’s e-mail domains').fill('not a domain');
    await page.getByRole('button', { name: 'Save' }).click();
    expect(await page.getByRole('alert').innerText()).toMatch('2 fields are not valid.');
    expect(await page.getByLabel('Skip meetings shorter than').inputValue()).toBe('a while');
    expect(await page.locator('#minimumMinutes-errors').innerText()).toMatch('whole number');
    await expectNoSeriousFindings(page);
    expect(complaints.splice(0)).toEqual([expect.stringMatching('400')]);
  });

  test('create an API key, use it, and revoke it', async () => {
    const call = async (key: string) =>
      (await fetch(`${stack.url}/api/v1/connection`, { headers: { authorization: `Bearer ${key}` } })).status;
    await openSettings('keys');
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
    await openSettings('members');
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
    await openSettings('sessions');
    expect(await page.locator('tr', { hasText: 'Ana Ruiz' }).innerText()).toMatch(/Chrome on \w+/);
    expect(await page.locator('tr', { hasText: 'This device' }).innerText()).toMatch('via API key');
    await expectNoSeriousFindings(page);
    await ana.getByRole('button', { name: 'Sign out', exact: true }).click();
    await ana.getByRole('heading', { name: 'You are signed out' }).waitFor();
    await expectNoSeriousFindings(ana);
    await ana.context().close();
  });

  test('read all of it on a phone, in the dark, and while HubSpot needs them', async () => {
    // Without a banner, which would need room.
    await recordHeartbeat(stack.product.db, { id: 'worker-1', polls: true });
    for (const options of [
      { viewport: { width: 1440, height: 900 } },
      { viewport: { width: 768, height: 900 } },
      { colorScheme: 'dark', viewport: { width: 360, height: 800 } },
    ] as const) {
      // oxlint-disable no-await-in-loop -- one page after the other
      const opened = await stack.openPage(browser(), options);
      ({ page } = opened);
      for (const name of PAGES) {
        await openSettings(name);
        await expectNoSeriousFindings(page);
        expect([name, await overflowOf(page)]).toEqual([name, 0]);
        expect([name, await narrowWords(page)]).toEqual([name, []]);
        // The page of the sign-in has two forms, and the audit trail is a list.
        if (options.viewport.width === 1440 && !['sign-in', 'changes'].includes(name))
          expect([name, await page.evaluate<number>('document.documentElement.scrollHeight')]).toEqual([name, 900]);
      }
      // oxlint-enable no-await-in-loop
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

/** The words of settings that their controls squeeze into a column of single words or letters. */
async function narrowWords(page: Page): Promise<string[]> {
  return await page.evaluate<string[]>(
    `[...document.querySelectorAll('.setting-words')]
      .filter((words) => words.checkVisibility() && words.clientWidth < 120)
      .map((words) => words.innerText)`,
  );
}
