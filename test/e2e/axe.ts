import { expect } from '@jest/globals';
import type { AxeResults, ImpactValue } from 'axe-core';
import axe from 'axe-core';
import type { Page } from 'playwright-core';

const SERIOUS: readonly ImpactValue[] = ['serious', 'critical'];

/** One rule of axe-core that a page breaks, and where. */
interface Finding {
  readonly rule: string;
  readonly help: string;
  /** Each element's selector with what is wrong there. */
  readonly at: readonly string[];
}

/**
 * Fails when axe-core finds something serious or critical on the page as it is now: call it for each state of a page
 * (a dialog that is open, a dark colour scheme). Say with `exclude` which selectors are another program's.
 */
export async function expectNoSeriousFindings(
  page: Page,
  options: { exclude?: readonly string[] } = {},
): Promise<void> {
  expect(await seriousFindings(page, options)).toEqual([]);
}

/** What axe-core finds serious or critical on the page. */
export async function seriousFindings(
  page: Page,
  { exclude = [] }: { exclude?: readonly string[] } = {},
): Promise<Finding[]> {
  // Evaluated by the browser's debugger, so the page's content security policy neither stops it nor is loosened for it.
  await page.evaluate(axe.source);
  // A colour that is still fading in would be measured half-way.
  await page.evaluate('for (const animation of document.getAnimations()) animation.finish()');
  const context = JSON.stringify({ exclude: exclude.map((selector) => [selector]) });
  const { violations } = await page.evaluate<AxeResults>(`axe.run(${context})`);
  return violations
    .filter(({ impact }) => impact !== null && impact !== undefined && SERIOUS.includes(impact))
    .map(({ id, help, nodes }) => ({
      rule: id,
      help,
      at: nodes.map((node) => `${node.target.join(' ')}: ${node.failureSummary ?? ''}`),
    }));
}
