import { expect, test } from '@jest/globals';
import { seriousFindings } from './axe';
import { describeInChromium } from './chromium';

describeInChromium('The accessibility check', (browser) => {
  test('finds what is wrong, in spite of a strict content security policy', async () => {
    const page = await browser().newPage();
    await page.route('**/*', (route) =>
      route.fulfill({
        contentType: 'text/html',
        headers: { 'content-security-policy': "default-src 'none'" },
        body: '<html lang="en"><title>T</title><main><h1>T</h1><input id="a"><p id="b"><img src="data:,"></p></main>',
      }),
    );
    await page.goto('http://page.example/');
    expect((await seriousFindings(page)).map(({ rule }) => rule)).toEqual(['image-alt', 'label']);
    expect(await seriousFindings(page, { exclude: ['#a', '#b'] })).toEqual([]);
    await page.close();
  });
});
