import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import getPort from 'get-port';
import type { Browser, Page } from 'playwright-core';
import { startHttpStack, type HttpStack } from '../integration/http/support';
import { findChromium, launchChromium } from './chromium';

const executable = findChromium();
const title =
  executable === null
    ? 'SKIPPED, no Chromium was found (install one, or set CHROMIUM_PATH): a person in a browser'
    : 'A person in a browser';

(executable === null ? describe.skip : describe)(title, () => {
  let browser: Browser;
  let stack: HttpStack;
  let page: Page;
  /** What the browser complained of: a script or style that the content security policy stopped, a missing file. */
  let complaints: string[];

  beforeAll(async () => {
    browser = await launchChromium(executable ?? '');
  });
  afterAll(async () => {
    await browser.close();
  });
  beforeEach(async () => {
    const port = await getPort();
    stack = await startHttpStack({ publicUrl: `http://localhost:${port}` });
    await stack.app.listen({ host: 'localhost', port });
    page = await (await browser.newContext()).newPage();
    complaints = [];
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    const { url } = (await stack.call('POST', '/api/v1/sessions')).json<{ url: string }>();
    await page.goto(url);
  });
  afterEach(async () => {
    await page.context().close();
    await stack.close();
  });

  const text = async () => await page.locator('main').innerText();

  test('signs in, connects, and disconnects', async () => {
    expect(page.url()).toBe(`${stack.config.publicUrl}/settings/integrations`);
    expect(await text()).toMatch('Not connected');

    await page.getByRole('button', { name: 'Connect', exact: true }).click();
    expect(page.url()).toMatch(stack.sandbox.url);
    await page.getByRole('button', { name: 'Connect app' }).click();
    await page.waitForURL(`${stack.config.publicUrl}/settings/integrations`);
    expect(await page.getByRole('status').innerText()).toMatch('HubSpot account 4815162 is connected.');
    expect(await text()).toMatch('None: everything works.');
    await page.getByText('permissions').first().click();
    expect(await text()).toMatch('crm.objects.contacts.read');

    await page.getByRole('button', { name: 'Disconnect' }).click();
    expect(await text()).toMatch('Disconnect HubSpot?');
    await page.getByRole('button', { name: 'Disconnect' }).click();
    await page.waitForURL(`${stack.config.publicUrl}/settings/integrations`);
    expect(await text()).toMatch('HubSpot is disconnected');
    expect(stack.sandbox.tokens.installed(4815162)).toBe(false);
    expect(complaints).toEqual([]);
  });

  test('refuses consent', async () => {
    await page.getByRole('button', { name: 'Connect', exact: true }).click();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.waitForURL(`${stack.config.publicUrl}/settings/integrations`);
    expect(await page.getByRole('alert').innerText()).toMatch('HubSpot was not given your consent');
    expect(await text()).toMatch('Not connected');
  });

  test('may not install apps: HubSpot says so, and another user can still connect', async () => {
    await page.getByRole('button', { name: 'Connect', exact: true }).click();
    await page
      .getByLabel(/may not install apps/)
      .first()
      .check();
    await page.getByRole('button', { name: 'Connect app' }).click();
    expect(await page.locator('body').innerText()).toMatch("You don't have permission to connect this app");
    await page.goto(`${stack.config.publicUrl}/settings/integrations`);
    expect(await text()).toMatch('you must be a Super Admin');

    await page.getByRole('button', { name: 'Connect', exact: true }).click();
    await page.getByRole('button', { name: 'Connect app' }).click();
    await page.waitForURL(`${stack.config.publicUrl}/settings/integrations`);
    expect(await text()).toMatch('is connected.');
  });

  test('uses the keyboard alone', async () => {
    await page.keyboard.press('Tab');
    expect(await page.evaluate<string>('document.activeElement.textContent')).toBe('Skip to the content');
    await page.getByRole('button', { name: 'Connect', exact: true }).focus();
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => url.href.startsWith(stack.sandbox.url));
  });

  test('reads the API documentation, which the content security policy lets work', async () => {
    await page.goto(`${stack.config.publicUrl}/api/docs`);
    await page.getByText('Hand over a processed meeting').click();
    await page.getByText('Stored before it answers').waitFor();
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
      '/meetings',
      `/meetings/${'m'.repeat(128)}`,
      '/api/problems',
      '/nothing',
    ]) {
      await page.goto(stack.config.publicUrl + path);
      const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth');
      expect({ path, overflow }).toEqual({ path, overflow: 0 });
    }
  });
});
