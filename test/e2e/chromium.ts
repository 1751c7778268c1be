import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe } from '@jest/globals';
import { chromium, type Browser, type Page } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/**
 * Tests in a real browser without a window, started for all of them. Skipped, with a word, where there is none.
 *
 * @param suite - gets the browser, which is there from `beforeAll` on
 */
export function describeInChromium(what: string, suite: (browser: () => Browser) => void): void {
  const executablePath = findChromium();
  const title =
    executablePath === null ? `SKIPPED, no Chromium was found (install one, or set CHROMIUM_PATH): ${what}` : what;
  (executablePath === null ? describe.skip : describe)(title, () => {
    let browser: Browser | undefined;
    beforeAll(async () => {
      browser = await chromium.launch({
        executablePath: executablePath ?? '',
        args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
      });
      // Guards against a hang; a busy machine is no failure.
      browser.on('context', (context) => context.setDefaultTimeout(240_000));
    });
    suite(() => {
      if (browser === undefined) throw new Error('the browser is not there before beforeAll');
      return browser;
    });
    afterAll(async () => {
      await browser?.close();
    });
  });
}

/** A Chromium of this machine: `CHROMIUM_PATH`, or one on PATH. Null when there is none. */
function findChromium(): string | null {
  const given = process.env['CHROMIUM_PATH'];
  if (given !== undefined && given !== '') return given;
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find((path) => existsSync(path)) ?? null;
}

/** Collects what the browser complains of: what the content security policy stopped, a missing file, an error of a script. */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  return complaints;
}

/** By how much the page is wider than the window, in pixels. */
export async function overflowOf(page: Page): Promise<number> {
  return await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth');
}
