import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { refreshCatalogue } from '../../src/connection/refresh-catalogue';
import { objectTypes } from '../../src/store/mirror/catalogue';
import { changeSettings } from '../../src/store/settings/settings';
import { TEST_ACTOR } from '../support/actors';
import { meeting } from '../support/meetings';
import { expectNoSeriousFindings } from './axe';
import { describeInChromium } from './chromium';
import { startFullStack, type FullStack } from './full-stack';

describeInChromium('A person who looks for a record of any type', (browser) => {
  let stack: FullStack;
  let page: Page;
  let complaints: string[];
  /** The demo account's "Onboarding project". */
  let type: string;
  let ida: string;
  let project: string;
  let activity: string;

  beforeAll(async () => {
    stack = await startFullStack({ sandbox: { seed: 'demo' }, ownNamespace: true });
    await stack.connect();
    const { product, workspaceId, portalId } = stack;
    await refreshCatalogue(product, await product.gateway.connect(workspaceId));
    type = (await objectTypes(product.db, portalId))[0]?.object_type ?? '';
    await changeSettings(product.db, workspaceId, { customObjectTypes: [type] }, TEST_ACTOR);
    const { crm } = stack.sandbox;
    ida = crm.create('contacts', { email: 'ida@lund.example', firstname: 'Ida', lastname: 'Lund' }).id;
    project = crm.create(type, { project_name: 'Rollout at Lund', go_live: '2027-02-01' }).id;
    crm.associate('contacts', ida, type, project);
    const { engagements } = await stack.sync(
      meeting({ meetingId: 'm1', title: 'Kick-off', participants: [{ email: 'ida@lund.example' }] }),
    );
    activity = engagements.summary?.id ?? '';
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

  const main = async () => await page.locator('main').innerText();
  /** Searches as a person who presses Enter. */
  async function searchFor(text: string): Promise<string> {
    await page.goto(`${stack.url}/search?q=${encodeURIComponent(text)}`);
    return new URL(page.url()).pathname;
  }

  test('finds a custom object by its name', async () => {
    expect(await searchFor('rollout')).toBe('/search');
    const group = page.getByRole('region', { name: 'Onboarding projects' });
    await expectNoSeriousFindings(page);
    await group.getByRole('link', { name: /Rollout at Lund/ }).click();
    await page.waitForURL(`${stack.url}/records/${type}/${project}`);
    expect(await main()).toMatch('One meeting is on this timeline.');
  });

  test('opens a record by its ID alone, also one that no meeting is linked to', async () => {
    expect(await searchFor(ida)).toBe(`/records/contacts/${ida}`);
    expect(await searchFor(project)).toBe(`/records/${type}/${project}`);
    const { crm } = stack.sandbox;
    const stranger = crm.create('companies', { name: 'Stranger', domain: 'stranger.example' }).id;
    expect(await searchFor(stranger)).toBe(`/records/companies/${stranger}`);
    expect(await main()).toMatch('No meeting with someone of this company has come in.');
    const other = crm.create(type, { project_name: 'Another rollout' }).id;
    expect(await searchFor(other)).toBe(`/records/${type}/${other}`);
    expect(await main()).toMatch('No linked contact, company or deal is associated with it.');
  });

  test('says that a number is the ID of nothing, or why that is not known', async () => {
    expect(await searchFor('999000111222')).toBe('/search');
    expect(await main()).toMatch('999000111222 is the ID of nothing');
    const fault = stack.sandbox.faults.add({ match: { path: '/crm/' }, action: { kind: 'html-502' } });
    await searchFor('999000111333');
    expect(await main()).toMatch('HubSpot cannot be asked now');
    stack.sandbox.faults.clear(fault);
  });

  test('asks HubSpot for an ID once a person presses Enter, and not while they type', async () => {
    const stranger = stack.sandbox.crm.create('contacts', { email: 'eve@elsewhere.example' }).id;
    await page.goto(`${stack.url}/analytics`);
    stack.sandbox.requests.clear();
    await page.keyboard.press('/');
    await page.keyboard.type(stranger);
    await page.getByText(`Press Enter to look for the ID ${stranger} in HubSpot.`).waitFor();
    expect(stack.sandbox.requests.list({ path: 'batch/read' })).toEqual([]);
    await page.keyboard.press('Enter');
    await page.waitForURL(`${stack.url}/records/contacts/${stranger}`);
  });

  test('opens the meeting of an activity, by its ID or by the address of its record', async () => {
    expect(await searchFor(activity)).toBe('/meetings/m1');
    const account = `https://app.hubspot.com/contacts/${stack.portalId}/record`;
    expect(await searchFor(`${account}/0-47/${activity}`)).toBe('/meetings/m1');
    expect(await searchFor(`${account}/0-1/${ida}/view/1?engagement=${activity}`)).toBe('/meetings/m1');
    expect(await searchFor(`${account}/0-1/${ida}/view/1?engagement=1`)).toBe(`/records/contacts/${ida}`);
    await searchFor(`${account}/0-46/12`);
    expect(await main()).toMatch('This activity comes from no meeting here.');
  });

  test('answers the addresses of all other records, and of pages that are none', async () => {
    const account = `https://app.hubspot.com/contacts/${stack.portalId}`;
    expect(await searchFor(`${account}/record/${type}/${project}`)).toBe(`/records/${type}/${project}`);
    await searchFor(`${account}/record/0-5/12`);
    expect(await main()).toMatch('Meetings are never linked to records of this type.');
    await expectNoSeriousFindings(page);
    expect(await searchFor(`${account}/objects/0-1/views/all/list`)).toBe('/search');
    expect(await main()).toMatch('This address names no record.');
  });
});
