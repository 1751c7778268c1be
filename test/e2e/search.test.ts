import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { settingsSchema } from '../../src/meeting/settings';
import { changeSettings } from '../../src/store/settings/settings';
import { meeting } from '../support/meetings';
import { expectNoSeriousFindings } from './axe';
import { describeInChromium, overflowOf } from './chromium';
import { startFullStack, type FullStack } from './full-stack';
import { TEST_ACTOR } from '../support/actors';

const ACCOUNT = 4815162;

describeInChromium('A person who looks for something', (browser) => {
  let stack: FullStack;
  let page: Page;
  let complaints: string[];
  let marc: string;
  let acme: string;
  let pilot: string;
  let lost: string;

  beforeAll(async () => {
    stack = await startFullStack({ ownNamespace: true });
    await stack.connect();
    const { crm } = stack.sandbox;
    marc = crm.create('contacts', { email: 'marc.serra@acme.example', firstname: 'Marc', lastname: 'Serrà' }).id;
    acme = crm.create('companies', { name: 'Acme Iberia', domain: 'acme.example' }).id;
    pilot = crm.create('deals', { dealname: 'Pilot', dealstage: 'appointmentscheduled' }).id;
    lost = crm.create('deals', {
      dealname: 'Lost in spring',
      dealstage: 'closedlost',
      closedate: '2026-04-01T00:00:00Z',
    }).id;
    crm.associate('contacts', marc, 'companies', acme);
    for (const deal of [pilot, lost]) crm.associate('contacts', marc, 'deals', deal);
    await changeSettings(stack.product.db, stack.workspaceId, { openDealsOnly: true }, TEST_ACTOR);
    await stack.sync(meeting({ meetingId: 'm1', title: 'Discovery call', recordingUrl: 'https://video.example/r/7' }));
    await stack.apply();
  });
  afterAll(async () => {
    await stack.close();
  });
  beforeEach(async () => {
    ({ page, complaints } = await stack.openPage(browser()));
  });
  afterEach(async () => {
    await changeSettings(
      stack.product.db,
      stack.workspaceId,
      settingsSchema.parse({ openDealsOnly: true }),
      TEST_ACTOR,
    );
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  const main = async () => await page.locator('main').innerText();
  const dialog = () => page.getByRole('dialog', { name: 'Search' });
  /** Opens what HubSpot's address bar has on a record. */
  async function paste(typeId: string, id: string, account = ACCOUNT): Promise<string> {
    await page.goto(`${stack.url}/analytics`);
    await page.keyboard.press('Control+k');
    await dialog()
      .getByRole('searchbox')
      .fill(`https://app-eu1.hubspot.com/contacts/${account}/record/${typeId}/${id}`);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/records\//);
    return await main();
  }

  test('opens the search by a key, and goes to a result by the keyboard alone', async () => {
    await page.keyboard.press('/');
    await dialog().waitFor();
    await expectNoSeriousFindings(page);
    await page.keyboard.type('serra');
    await dialog()
      .getByRole('link', { name: /Marc Serrà/ })
      .waitFor();
    expect(await dialog().innerText()).toMatch('Discovery call');
    await expectNoSeriousFindings(page);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/(records|meetings)\//);
    await page.keyboard.press('Control+k');
    await dialog().waitFor();
    await page.keyboard.press('Escape');
    expect(await dialog().count()).toBe(0);
  });

  test.each([
    ['iberia', 'Acme Iberia', '/records/companies/'],
    ['pil', 'Pilot', '/records/deals/'],
    ['MARC', 'Marc Serrà', '/records/contacts/'],
    ['discov', 'Discovery call', '/meetings/m1'],
  ])('finds %j without scripts', async (words, name, path) => {
    const plain = await stack.openPage(browser(), { javaScriptEnabled: false, viewport: { width: 360, height: 800 } });
    await plain.page.getByRole('link', { name: 'Search' }).click();
    await plain.page.getByRole('searchbox').fill(words);
    await plain.page.getByRole('button', { name: 'Search' }).click();
    const link = plain.page
      .locator('main')
      .getByRole('link', { name: new RegExp(name) })
      .first();
    expect(await link.getAttribute('href')).toMatch(path);
    expect(await overflowOf(plain.page)).toBe(0);
    await plain.page.context().close();
  });

  test('reads on a record why its meetings are there', async () => {
    const text = await paste('0-1', marc);
    expect(text).toMatch('One meeting is on this timeline.');
    expect(text).toMatch(/Discovery call[\s\S]*Took part/);
    await expectNoSeriousFindings(page);
    expect(await paste('0-3', pilot)).toMatch('Through Marc Serrà');
  });

  test('reads why a record has none, and gets to what helps', async () => {
    expect(await paste('0-3', lost)).toMatch('It was closed before the meeting began');
    await expectNoSeriousFindings(page);
    await page.getByRole('link', { name: 'Change what gets linked' }).click();
    await page.waitForURL(`${stack.url}/settings/linking`);

    const stranger = stack.sandbox.crm.create('contacts', { email: 'eve@elsewhere.example' }).id;
    expect(await paste('0-1', stranger)).toMatch('No meeting with this person has come in.');
    stack.sandbox.crm.archive('contacts', stranger);
    expect(await paste('0-1', stranger)).toMatch('HubSpot does not have this record, or no longer.');
    expect(await paste('0-1', marc, 99)).toMatch('belongs to HubSpot account 99');
    const fault = stack.sandbox.faults.add({ match: { path: '/crm/' }, action: { kind: 'html-502' } });
    expect(await paste('0-1', marc)).toMatch('One meeting is on this timeline.');
    stack.sandbox.faults.clear(fault);
  });

  test('opens a meeting by its recording or its id', async () => {
    for (const text of ['https://video.example/r/7', 'https://video.example/r/7?t=120', 'm1']) {
      // oxlint-disable no-await-in-loop -- one page after the other
      await page.goto(`${stack.url}/search?q=${encodeURIComponent(text)}`);
      expect(page.url()).toBe(`${stack.url}/meetings/m1`);
      // oxlint-enable no-await-in-loop
    }
    await page.goto(`${stack.url}/search?q=${encodeURIComponent('https://video.example/r/8')}`);
    expect(await main()).toMatch('No meeting has a recording at this address.');
    await expectNoSeriousFindings(page);
  });
});
