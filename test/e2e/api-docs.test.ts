import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startHttpStack, type HttpStack } from '../integration/http/support';
import { expectNoSeriousFindings } from './axe';
import { complaintsOf, describeInChromium, overflowOf } from './chromium';

describeInChromium('A reader of the API documentation', (browser) => {
  let stack: HttpStack;
  beforeAll(async () => {
    stack = await startHttpStack({ listen: true });
  });
  afterAll(() => stack.close());

  test.each([
    ['light', 1_280, 800],
    ['dark', 360, 740],
  ] as const)('reads it in %s colours, %d pixels wide', async (colorScheme, width, height) => {
    const context = await browser().newContext({ colorScheme, viewport: { width, height } });
    const page = await context.newPage();
    const complaints = complaintsOf(page);
    await page.goto(`${stack.config.publicUrl}/api/docs`);
    expect(await overflowOf(page)).toBe(0);

    await page.getByText('Post a processed meeting').click();
    const call = page.locator('#post-api-v1-meetings');
    expect(await call.innerText()).toMatch('The meeting is stored before the response is sent');
    await call.getByRole('link', { name: 'StatusDocument' }).first().click();
    expect(await page.locator('#document-statusdocument').isVisible()).toBe(true);

    // The reports are some forty calls that look alike.
    const rest = 'section:not([aria-labelledby="calls-analytics"]) details';
    await page.evaluate(`for (const closed of document.querySelectorAll('${rest}')) closed.open = true`);
    await expectNoSeriousFindings(page);
    expect(await overflowOf(page)).toBe(0);
    expect(complaints).toEqual([]);
    await context.close();
  });
});
