import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { LANGUAGES } from '../../src/languages/language';
import { meeting } from '../support/meetings';
import { expectNoSeriousFindings } from './axe';
import { describeInChromium, overflowOf } from './chromium';
import { startFullStack, type FullStack } from './full-stack';

const PATHS = ['/overview', '/meetings', '/meetings/m1', '/analytics', '/search', '/settings/integrations'];

describeInChromium('A person who reads Spanish', (browser) => {
  let stack: FullStack;

  beforeAll(async () => {
    stack = await startFullStack({ ownNamespace: true });
    await stack.connect();
    stack.sandbox.crm.create('contacts', { email: 'marc.serra@acme.example', firstname: 'Marc', lastname: 'Serrà' });
    await stack.sync(meeting({ meetingId: 'm1', title: 'Discovery call' }));
  });
  afterAll(async () => {
    await stack.close();
  });

  test('gets the pages of the browser’s language, and changes it with the switch', async () => {
    const { page, complaints } = await stack.openPage(browser(), { locale: 'es-MX' });
    await page.goto(`${stack.url}/meetings?status=synced`);
    expect(await page.getAttribute('html', 'lang')).toBe('es');
    await page.getByRole('button', { name: 'English' }).click();
    await page.waitForURL(`${stack.url}/meetings?status=synced`);
    expect(await page.getAttribute('html', 'lang')).toBe('en');
    await page.getByRole('button', { name: 'Español' }).click();
    await page.waitForURL(`${stack.url}/meetings?status=synced`);
    expect(await page.getAttribute('html', 'lang')).toBe('es');
    expect(complaints).toEqual([]);
  });

  test.each(PATHS)('finds no English text on %s', async (path) => {
    const { page, complaints } = await stack.openPage(browser(), {
      locale: 'es',
      viewport: { width: 360, height: 740 },
    });
    await page.goto(`${stack.url}${path}`);
    const words = await page.locator('body').innerText();
    const english = Object.entries(LANGUAGES.get('es')?.messages ?? {})
      .filter(([text, translated]) => text !== translated && text.includes(' ') && !text.includes('{'))
      .map(([text]) => text);
    expect(english.filter((text) => words.includes(text))).toEqual([]);
    expect(await overflowOf(page)).toBe(0);
    await expectNoSeriousFindings(page);
    expect(complaints).toEqual([]);
  });
});
