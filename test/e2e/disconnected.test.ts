import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { deleteConnection } from '../../src/store/connections/connections';
import { meeting } from '../support/meetings';
import { expectNoSeriousFindings } from './axe';
import { describeInChromium, overflowOf } from './chromium';
import { startFullStack, type FullStack } from './full-stack';

/** What needs HubSpot to work. */
const NEEDS_HUBSPOT =
  /^(Create|Retry|Sync|Link a record|Choose a record|Unlink|Overwrite|Accept|Choose a property|Undo)/;

describeInChromium('A person whose HubSpot is disconnected', (browser) => {
  let stack: FullStack;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    stack = await startFullStack({ ownNamespace: true });
    await stack.connect();
    stack.sandbox.crm.create('contacts', { email: 'marc@acme.example', firstname: 'Marc' });
    const noted = { meetingId: 'linked', title: 'Linked', participants: [{ email: 'marc@acme.example' }] };
    expect(await stack.sync(meeting(noted))).toMatchObject({ status: 'synced' });
    const unknown = { meetingId: 'unknown', title: 'Unknown', participants: [{ email: 'eve@elsewhere.example' }] };
    expect(await stack.sync(meeting(unknown))).toMatchObject({ status: 'skipped' });
    await stack.apply();
  });
  afterAll(async () => {
    await stack.close();
  });
  beforeEach(async () => {
    await stack.connect();
    ({ page, complaints } = await stack.openPage(browser()));
  });
  afterEach(async () => {
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  /** The buttons and links of a page that need HubSpot. */
  async function offered(path: string): Promise<string[]> {
    await page.goto(`${stack.url}${path}`);
    const names = await page
      .locator('main')
      .locator('button, a.btn, summary')
      .evaluateAll((all) => all.map((each) => (each.getAttribute('aria-label') ?? each.textContent ?? '').trim()));
    return names.filter((name) => NEEDS_HUBSPOT.test(name));
  }

  const PATHS = ['/overview', '/meetings', '/meetings/linked', '/meetings/unknown', '/settings/fields', '/reviews'];

  test('is offered what HubSpot can do while it is connected', async () => {
    const all = [];
    // oxlint-disable-next-line no-await-in-loop -- one page after the other
    for (const path of PATHS) all.push(...(await offered(path)));
    for (const name of ['Create 1 contact', 'Create contacts: Unknown', 'Sync again', 'Link a record', 'Unlink Marc'])
      expect(all).toContain(name);
    expect(all).toContain('Create the standard properties');
  });

  test.each([
    ['HubSpot disconnected us', 'Reconnect HubSpot'],
    ['the workspace was disconnected', 'Connect HubSpot'],
  ])('is offered to connect, and nothing that would only wait: %s', async (_why, button) => {
    const { db } = stack.product;
    const { workspaceId } = stack;
    if (button === 'Connect HubSpot') await deleteConnection(db, workspaceId);
    else await db.updateTable('connections').set({ state: 'reauthorize' }).execute();
    for (const path of PATHS) {
      // oxlint-disable no-await-in-loop -- one page after the other
      expect([path, await offered(path)]).toEqual([path, []]);
      await expectNoSeriousFindings(page);
      await page.setViewportSize({ width: 360, height: 800 });
      expect(await overflowOf(page)).toBe(0);
      await page.setViewportSize({ width: 1280, height: 900 });
      // oxlint-enable no-await-in-loop
    }
    await page.goto(`${stack.url}/settings/fields`);
    await page.locator('main .notice').getByRole('link', { name: button }).waitFor();
    expect(await page.locator('main').innerText()).not.toMatch('Add one below');
    await page.goto(`${stack.url}/meetings/unknown`);
    await page.locator('#reason').getByRole('link', { name: button }).click();
    await page.waitForURL(`${stack.url}/settings/integrations`);
  });
});
