import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { createWorkspace } from '../../src/store/access/workspaces';
import { startHttpStack, type HttpStack } from '../integration/http/support';
import { connectToSandbox } from '../support/connect';
import { meeting } from '../support/meetings';
import { complaintsOf, describeInChromium, overflowOf } from './chromium';

describeInChromium('A person in a browser', (browser) => {
  let stack: HttpStack;
  let page: Page;
  let complaints: string[];

  beforeEach(async () => {
    stack = await startHttpStack({ listen: true });
    page = await (await browser().newContext()).newPage();
    complaints = complaintsOf(page);
    const { url } = (await stack.call('POST', '/api/v1/sessions')).json<{ url: string }>();
    await page.goto(url);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL(`${stack.config.publicUrl}/overview`);
    await page.goto(`${stack.config.publicUrl}/settings/integrations`);
  });
  afterEach(async () => {
    await page.context().close();
    await stack.close();
  });

  const text = async () => await page.locator('main').innerText();
  const badge = () => page.locator('main .badge').first();
  const put = async (change: { status: 'syncing' | 'synced'; title?: string }) =>
    await stack.product.db.updateTable('meetings').set(change).execute();

  test('signs in, connects, and disconnects', async () => {
    expect(page.url()).toBe(`${stack.config.publicUrl}/settings/integrations`);
    expect(await text()).toMatch('Not connected');

    await page.getByRole('link', { name: 'Connect', exact: true }).click();
    expect(page.url()).toMatch(stack.sandbox.url);
    await page.getByRole('button', { name: 'Connect app' }).click();
    await page.waitForURL(`${stack.config.publicUrl}/settings/integrations`);
    expect(await page.locator('[role=status].flash').innerText()).toMatch('HubSpot account 4815162 is connected.');
    expect(await text()).toMatch('None missing: everything works.');
    await page.getByText('All permissions, and why').click();
    expect(await text()).toMatch('crm.objects.contacts.read');

    await page.getByRole('link', { name: 'Disconnect' }).click();
    expect(await text()).toMatch('Disconnect HubSpot?');
    await page.getByRole('button', { name: 'Disconnect' }).click();
    await page.waitForURL(`${stack.config.publicUrl}/settings/integrations`);
    expect(await text()).toMatch('HubSpot is disconnected');
    expect(stack.sandbox.tokens.installed(4815162)).toBe(false);
    expect(complaints).toEqual([]);
  });

  test('refuses consent', async () => {
    await page.getByRole('link', { name: 'Connect', exact: true }).click();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.waitForURL(`${stack.config.publicUrl}/settings/integrations`);
    expect(await page.getByRole('alert').innerText()).toMatch('You cancelled in HubSpot. Nothing was connected.');
    expect(await text()).toMatch('Not connected');
  });

  test('may not install apps: HubSpot says so, and another user can still connect', async () => {
    await page.getByRole('link', { name: 'Connect', exact: true }).click();
    await page
      .getByLabel(/may not install apps/)
      .first()
      .check();
    await page.getByRole('button', { name: 'Connect app' }).click();
    expect(await page.locator('body').innerText()).toMatch("You don't have permission to connect this app");
    await page.goto(`${stack.config.publicUrl}/settings/integrations`);
    expect(await text()).toMatch('you must be a Super Admin');

    await page.getByRole('link', { name: 'Connect', exact: true }).click();
    await page.getByRole('button', { name: 'Connect app' }).click();
    await page.waitForURL(`${stack.config.publicUrl}/settings/integrations`);
    expect(await text()).toMatch('is connected.');
  });

  test('uses the keyboard alone', async () => {
    await page.keyboard.press('Tab');
    expect(await page.evaluate<string>('document.activeElement.textContent')).toBe('Skip to the content');
    await page.getByRole('link', { name: 'Connect', exact: true }).focus();
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => url.href.startsWith(stack.sandbox.url));
  });

  describe('watches a sync', () => {
    /** The page’s own polling requests. */
    let polls: string[];

    beforeEach(async () => {
      await stack.call('POST', '/api/v1/meetings', meeting({ meetingId: 'live', title: 'Kick-off' }));
      polls = [];
      page.on('request', (request) => {
        if (request.url().includes('seen=')) polls.push(request.url());
      });
      await page.clock.install();
    });

    test('on its own page, which follows it to its end and then stops polling', async () => {
      await page.goto(`${stack.config.publicUrl}/meetings/live`);
      expect(await badge().innerText()).toBe('Queued');
      await page.clock.runFor(2_000);
      await put({ status: 'syncing' });
      await page.clock.runFor(2_000);
      await page.locator('main .badge', { hasText: 'Syncing' }).first().waitFor();
      await put({ status: 'synced', title: 'Kick-off, renamed' });
      await page.clock.runFor(2_000);
      await page.locator('main .badge', { hasText: 'On timeline' }).first().waitFor();
      expect(await text()).toMatch('Kick-off, renamed');
      expect(polls.length).toBeGreaterThanOrEqual(3);

      const before = polls.length;
      await page.clock.runFor(20_000);
      await page.evaluate("fetch('/healthz')");
      expect(polls).toHaveLength(before);
      expect(complaints).toEqual([]);
    });

    test('with the keyboard on a button, which stays there', async () => {
      const { product, sandbox, workspaceId } = stack;
      await connectToSandbox(product, sandbox, { workspaceId, portalId: 4815162 });
      await page.goto(`${stack.config.publicUrl}/meetings/live`);
      await page.getByRole('button', { name: 'Sync again' }).focus();
      await put({ status: 'synced' });
      await page.clock.runFor(2_000);
      await page.locator('main .badge', { hasText: 'On timeline' }).first().waitFor();
      expect(await page.evaluate<string>('document.activeElement.textContent')).toBe('Sync again');
      await page.keyboard.press('Enter');
      await page.locator('.flash').waitFor();
      expect(await badge().innerText()).toBe('Queued');
      expect(complaints).toEqual([]);
    });

    test('through a server that is away for a moment', async () => {
      await page.goto(`${stack.config.publicUrl}/meetings/live`);
      await page.route('**/meetings/live?*', (route) => route.fulfill({ status: 503, body: '<h1>Away</h1>' }));
      const failed = page.waitForResponse((response) => response.status() === 503);
      await page.clock.runFor(2_000);
      await failed;
      await page.unroute('**/meetings/live?*');
      expect(await text()).toMatch('Kick-off');
      await put({ status: 'synced' });
      await page.clock.runFor(2_000);
      await page.locator('main .badge', { hasText: 'On timeline' }).first().waitFor();
    });

    test('until the session ends, which the page then shows', async () => {
      await page.goto(`${stack.config.publicUrl}/meetings/live`);
      await stack.product.db.deleteFrom('sessions').execute();
      await page.clock.runFor(2_000);
      await page.getByText('Please sign in').waitFor();
    });
  });

  test('is asked before another workspace takes the place of this one', async () => {
    const { apiKey } = await createWorkspace(stack.product.db, 'Contoso');
    const { url } = (await stack.call('POST', '/api/v1/sessions', undefined, apiKey)).json<{ url: string }>();
    await page.goto(url);
    expect(await text()).toMatch('Switch to another workspace?');
    await page.getByRole('link', { name: 'Stay in Northwind' }).click();
    expect(await page.locator('.who').innerText()).toMatch('Northwind');
    await page.goto(url);
    await page.getByRole('button', { name: 'Switch to Contoso' }).click();
    await page.waitForURL(`${stack.config.publicUrl}/overview`);
    expect(await page.locator('.who').innerText()).toMatch('Contoso');
    expect(complaints).toEqual([]);
  });

  test.each([
    ['a phone', 360, 740],
    ['a desktop', 1280, 800],
  ])('sees every page without scrolling sideways on %s', async (_name, width, height) => {
    await page.setViewportSize({ width, height });
    await stack.call('POST', '/api/v1/meetings', {
      meetingId: 'm'.repeat(128),
      title: `A title ${'without end '.repeat(20)}${'x'.repeat(200)}`,
      startedAt: '2026-11-03T10:00:00+01:00',
      endedAt: '2026-11-03T10:42:11+01:00',
      recordingUrl: 'https://app.northwind.example/meetings/1',
      host: { email: 'ana.ruiz@northwind.example' },
      participants: [],
      smartCategories: [],
    });
    for (const path of [
      '/settings/integrations',
      '/settings/meetings',
      '/settings/linking',
      '/settings/appearance',
      '/settings/keys',
      '/settings/members',
      '/settings/sign-in',
      '/settings/sessions',
      '/settings/changes',
      '/settings/apply',
      '/meetings',
      `/meetings/${'m'.repeat(128)}`,
      '/api/problems',
      '/nothing',
    ]) {
      await page.goto(stack.config.publicUrl + path);
      expect({ path, overflow: await overflowOf(page) }).toEqual({ path, overflow: 0 });
    }
    const { apiKey } = await createWorkspace(stack.product.db, 'W'.repeat(100));
    const { url } = (await stack.call('POST', '/api/v1/sessions', undefined, apiKey)).json<{ url: string }>();
    await page.goto(url);
    expect(await overflowOf(page)).toBe(0);
    await page.getByRole('button', { name: /^Switch to W/ }).click();
    await page.waitForURL(`${stack.config.publicUrl}/overview`);
    expect(await overflowOf(page)).toBe(0);
  });
});
