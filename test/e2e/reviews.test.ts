import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { FieldMapping } from '../../src/meeting/fields/mapping';
import { changeSettings } from '../../src/store/settings/settings';
import { meeting } from '../support/meetings';
import { expectNoSeriousFindings } from './axe';
import { describeInChromium, overflowOf } from './chromium';
import { startFullStack, type FullStack } from './full-stack';
import { TEST_ACTOR } from '../support/actors';

describeInChromium('A person and the suggestions for properties', (browser) => {
  let stack: FullStack;
  let page: Page;
  let complaints: string[];
  let people = 0;

  beforeAll(async () => {
    stack = await startFullStack({ ownNamespace: true });
    await stack.connect();
    const mapping = (field: string, property: string): FieldMapping => ({
      field,
      objectType: 'contacts',
      property,
      policy: 'review',
    });
    const fieldMappings = [mapping('role', 'jobtitle'), mapping('lead_status', 'hs_lead_status')];
    await changeSettings(stack.product.db, stack.workspaceId, { fieldMappings }, TEST_ACTOR);
  });
  afterAll(() => stack.close());
  beforeEach(async () => {
    await stack.product.db.deleteFrom('field_reviews').execute();
    ({ page, complaints } = await stack.openPage(browser()));
  });
  afterEach(async () => {
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  /** Posts a meeting that suggests a job title and a lead status for a new contact. */
  async function suggest(firstname: string): Promise<{ readonly name: string; readonly id: string }> {
    people += 1;
    const email = `p${people}@acme.example`;
    const { id } = stack.sandbox.crm.create('contacts', {
      email,
      firstname,
      lastname: `Serra ${people}`,
      jobtitle: 'Director',
    });
    const name = `${firstname} Serra ${people}`;
    await stack.sync({
      ...meeting({ meetingId: `m${people}`, title: 'Discovery call', participants: [{ email, name }] }),
      recordingUrl: 'https://app.northwind.example/meetings/1',
      fields: [
        { key: 'role', value: 'VP Sales', quote: 'I lead the team now.', startSeconds: 312 },
        { key: 'lead_status', value: 'in progress' },
      ],
    });
    await stack.apply();
    return { name, id };
  }
  const valueOf = (id: string, property: string) => stack.sandbox.crm.get('contacts', id)?.properties[property];
  async function eventually(id: string, property: string, value: string): Promise<void> {
    for (let tries = 0; tries < 200 && valueOf(id, property) !== value; tries += 1) {
      // oxlint-disable-next-line no-await-in-loop -- polling
      await sleep(50);
    }
    expect(valueOf(id, property)).toBe(value);
  }

  test('accept, edit and refuse one', async () => {
    const { name, id } = await suggest('Marc');
    await page.goto(`${stack.url}/overview`);
    await page.getByText('2 suggestions wait for your review').waitFor();
    await page.getByRole('link', { name: 'Review', exact: true }).click();
    const row = page.getByRole('listitem').filter({ hasText: `${name} · Job title` });
    expect(await row.innerText()).toMatch(/Director\s*→\s*(becomes)?\s*VP Sales\s+I lead the team now\./);
    expect(await row.getByRole('link', { name: 'Recording at 5:12' }).getAttribute('href')).toBe(
      'https://app.northwind.example/meetings/1#t=312',
    );
    await expectNoSeriousFindings(page);
    await row.getByText('Edit').click();
    await row.getByLabel('Value for Job title').fill('Head of Sales');
    await row.getByRole('button', { name: 'Accept this value' }).click();
    await page.getByText('The suggestion was accepted.').waitFor();
    await page.getByRole('button', { name: `Refuse: ${name}, Lead status` }).click();
    await page.getByText('The suggestion was refused.').waitFor();
    expect(await page.locator('main').innerText()).toContain('No suggestion waits for you.');
    await eventually(id, 'jobtitle', 'Head of Sales');
    expect(valueOf(id, 'hs_lead_status')).toBeUndefined();
    await page.getByRole('link', { name: 'Refused' }).click();
    expect(await page.locator('main').innerText()).toContain('refused it');
  });

  test('what HubSpot has changed meanwhile is shown', async () => {
    const { name, id } = await suggest('Ana');
    await page.goto(`${stack.url}/meetings/m${people}`);
    await page.getByRole('link', { name: '2 suggestions wait for a review' }).click();
    stack.sandbox.crm.update('contacts', id, { jobtitle: 'Founder' });
    await page.getByRole('button', { name: `Accept: ${name}, Job title` }).click();
    await page.getByText('“Job title” is “Founder” in HubSpot by now, not “Director”.').waitFor();
    await page.getByRole('button', { name: `Accept: ${name}, Job title` }).click();
    await page.getByText('The suggestion was accepted.').waitFor();
    await eventually(id, 'jobtitle', 'VP Sales');
  });

  test('decide about several without JavaScript, on a phone, in both colour schemes', async () => {
    const { name, id } = await suggest('Leo');
    const { page: plain } = await stack.openPage(browser(), {
      javaScriptEnabled: false,
      viewport: { width: 360, height: 800 },
      colorScheme: 'dark',
    });
    await plain.goto(`${stack.url}/reviews?field=role`);
    expect(await overflowOf(plain)).toBe(0);
    await plain.getByRole('button', { name: 'Accept selected' }).click();
    await plain.getByText('You did not select a suggestion.').waitFor();
    await plain.getByLabel(`Select ${name}, Job title`).check();
    await plain.getByRole('button', { name: 'Accept selected' }).click();
    await plain.getByText('The suggestion was accepted.').waitFor();
    await eventually(id, 'jobtitle', 'VP Sales');
    await plain.context().close();
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.goto(`${stack.url}/reviews`);
    await expectNoSeriousFindings(page);
  });
});
