import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { FieldMapping } from '../../src/meeting/fields/mapping';
import { settingsSchema } from '../../src/meeting/settings';
import { changeSettings, loadSettings } from '../../src/store/settings/settings';
import { meeting } from '../support/meetings';
import { expectNoSeriousFindings } from './axe';
import { describeInChromium, overflowOf } from './chromium';
import { startFullStack, type FullStack } from './full-stack';
import { TEST_ACTOR } from '../support/actors';

describeInChromium('A RevOps admin and the values for properties', (browser) => {
  let stack: FullStack;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    stack = await startFullStack({ ownNamespace: true });
    await stack.connect();
    stack.sandbox.crm.create('contacts', { email: 'marc.serra@acme.example', firstname: 'Marc', lastname: 'Serra' });
    await stack.sync({
      ...meeting({
        meetingId: 'm1',
        title: 'Discovery call',
        participants: [{ email: 'marc.serra@acme.example', name: 'Marc Serra' }],
        summary: { topics: [], nextSteps: [{ text: 'Send the offer' }], aiScore: { value: 7, max: 10 } },
      }),
      fields: [{ key: 'lead_status', value: 'in progress' }],
    });
    await stack.apply();
  });
  afterAll(() => stack.close());
  beforeEach(async () => {
    await change([]);
    ({ page, complaints } = await stack.openPage(browser()));
    await page.goto(`${stack.url}/settings/fields`);
  });
  afterEach(async () => {
    await page.context().close();
  });

  const change = (fieldMappings: FieldMapping[]) => {
    const { fieldDeals } = settingsSchema.parse({});
    return changeSettings(stack.product.db, stack.workspaceId, { fieldMappings, fieldDeals }, TEST_ACTOR);
  };
  const mappings = async () => (await loadSettings(stack.product.db, stack.workspaceId)).fieldMappings;
  const main = () => page.locator('main').innerText();
  /** The options of a list, as people read them. */
  const optionsOf = (name: string | RegExp) => page.getByLabel(name).locator('option').allInnerTexts();
  async function add(value: string, type: string): Promise<void> {
    await page.getByLabel('Value of the meeting').selectOption(value);
    await page.getByLabel('Type of the records').selectOption(type);
    await page.getByRole('button', { name: 'Choose a property' }).click();
    await page.getByLabel(/^Property for/).waitFor();
  }
  const STEP: FieldMapping = { field: 'next_step', objectType: 'contacts', property: 'jobtitle', policy: 'ours' };

  test('create the standard properties, and write a value into one of them', async () => {
    await page.getByRole('button', { name: 'Create the standard properties' }).click();
    await page.getByText('30 properties were created in HubSpot.').waitFor();
    await page.getByRole('button', { name: 'Create the standard properties' }).click();
    await page.getByText('All standard properties exist already.').waitFor();

    await add('AI score', 'Contact');
    await page.getByText('See which').click();
    expect(await page.locator('#effect').innerText()).toMatch(
      /Discovery call[\s\S]*Marc Serra Meeting AI score \(empty\) → 7/,
    );
    await expectNoSeriousFindings(page);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.').waitFor();
    expect(await mappings()).toEqual([
      { field: 'ai_score', objectType: 'contacts', property: 'meeting_sync_ai_score', policy: 'ours' },
    ]);
    expect(await main()).toMatch(/AI score → Contact · Meeting AI score\s+number/);
    expect(complaints).toEqual([]);
  });

  test('are offered the properties that take the value, with what they take', async () => {
    await add('AI score', 'Contact');
    const ofScore = (await optionsOf(/^Property for AI score/)).join('\n');
    expect(ofScore).toMatch(' · number');
    expect(ofScore).not.toMatch(' · date');
    // HubSpot counts these itself.
    expect(ofScore).not.toMatch('Number of Sales Activities');
    await page.getByLabel('Another key').fill('lead_status');
    await page.getByRole('button', { name: 'Choose a property' }).click();
    const ofStatus = (await optionsOf(/^Property for lead_status/)).filter((text) => text.includes('one of'));
    expect(ofStatus).toEqual([expect.stringMatching(/^Lead status · one of .*in progress/i)]);
  });

  test('see what would be refused and why, before anything is saved', async () => {
    await change([{ ...STEP, property: 'hs_lead_status' }]);
    await page.goto(`${stack.url}/settings/fields`);
    await page.getByLabel(/^When to write/).selectOption('Always replace');
    await page.getByText('1 value would be refused').click();
    expect(await page.locator('#effect').innerText()).toMatch('has no option “Send the offer”.');
    await expectNoSeriousFindings(page);
  });

  test('change and remove mappings without scripts', async () => {
    await change([STEP, { ...STEP, field: 'overview', property: 'city' }]);
    const plain = await stack.openPage(browser(), { javaScriptEnabled: false });
    await page.context().close();
    ({ page } = plain);
    await page.goto(`${stack.url}/settings/fields`);
    await page.getByLabel('When to write First next step → Contact').selectOption('Always replace');
    await page.getByLabel('Remove Overview → Contact').check();
    await page.getByLabel('Another key').fill('lead_status');
    await page.getByRole('button', { name: 'Choose a property' }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    expect(await page.getByRole('alert').innerText()).toMatch('Nothing is saved.');
    expect(await main()).toMatch('Choose a property.');
    await page.getByLabel(/^Property for lead_status/).selectOption({ value: 'company' });
    await page.getByRole('button', { name: 'What changes?' }).click();
    expect(await page.locator('#effect').innerText()).toMatch('Your last meeting changes 2 properties.');
    expect(await mappings()).toHaveLength(2);
    await page.getByRole('button', { name: 'Save' }).click();
    expect(await main()).toMatch('Saved.');
    expect(await mappings()).toEqual([
      { ...STEP, policy: 'always' },
      { field: 'lead_status', objectType: 'contacts', property: 'company', policy: 'ours' },
    ]);
  });

  test('do not undo what a colleague saved meanwhile', async () => {
    await change([STEP]);
    await page.goto(`${stack.url}/settings/fields`);
    await change([{ ...STEP, policy: 'always' }]);
    await page.getByLabel(/^Remove/).check();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Another person changed the mappings meanwhile.').waitFor();
    expect(await mappings()).toHaveLength(1);
  });

  test('read it on a phone, in the dark', async () => {
    await change([STEP, { ...STEP, field: 'a_key_of_the_pipeline_that_is_rather_long', property: 'no_such_property' }]);
    await page.context().close();
    ({ page } = await stack.openPage(browser(), { colorScheme: 'dark', viewport: { width: 360, height: 800 } }));
    await page.goto(`${stack.url}/settings/fields`);
    await add('First next step', 'Deal');
    expect(await main()).toMatch('HubSpot has no such property, or it is archived.');
    expect(await overflowOf(page)).toBe(0);
    await expectNoSeriousFindings(page);
  });
});
