import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { MeetingSyncClient } from '../../src/client';
import { insertApiKey } from '../../src/store/access/api-keys';
import { sweepUntil } from '../../src/dispatch/polling-loop';
import { meeting } from '../support/meetings';
import { expectNoSeriousFindings } from './axe';
import { describeInChromium, overflowOf } from './chromium';
import { startFullStack, type FullStack } from './full-stack';

const MEETINGS = 60;

describeInChromium('A person and a backfill', (browser) => {
  let stack: FullStack;
  let sweeping: Promise<unknown>;
  const ended = new AbortController();
  beforeAll(async () => {
    stack = await startFullStack({ timeScale: 0.05 });
    stack.sandbox.crm.create('contacts', { email: 'marc.serra@acme.example', firstname: 'Marc', lastname: 'Serra' });
    // As the server does beside it.
    sweeping = Promise.all([
      stack.backfiller.run(ended.signal),
      sweepUntil(ended.signal, stack.product.log, 'syncs', () => stack.starter.sweep(0)),
    ]);
  });
  afterAll(async () => {
    ended.abort();
    await sweeping;
    await stack.close();
  });

  test('see what it waits for, which line is not valid, its progress, and its end', async () => {
    const { page, complaints } = await stack.openPage(browser());
    const { workspaceId } = stack;
    const made = await insertApiKey(stack.product.db, { workspaceId, name: 'pipeline' });
    const client = new MeetingSyncClient({ url: stack.url, apiKey: made?.key ?? '' });
    const lines = Array.from({ length: MEETINGS }, (_, index) =>
      JSON.stringify(meeting({ meetingId: `old-${index}` })),
    );
    const id = await client.startBackfill([...lines, '{"meetingId": "old-x"}'].join('\n'));

    await page.goto(`${stack.url}/meetings`);
    await page.getByText('Imports').click();
    const progress = page.locator('.job', { has: page.getByRole('link', { name: 'See the import' }) });
    await progress.getByText(`Import: 0 of ${MEETINGS} meetings. Waiting.`).waitFor();
    expect(await progress.innerText()).toMatch('This workspace is not connected to HubSpot.');
    await expectNoSeriousFindings(page);
    await progress.getByRole('link').click();
    await page.waitForURL(`**/backfills/${id}`);
    expect(await page.locator(`#line-${MEETINGS + 1}`).innerText()).toMatch('startedAt is required');
    await expectNoSeriousFindings(page);

    await stack.connect();
    // Both pages refresh automatically until it ends.
    await page
      .getByText(new RegExp(`Import finished on .*: ${MEETINGS} meetings\\. On timeline: ${MEETINGS}\\.`))
      .waitFor();
    await expectNoSeriousFindings(page);
    await page.setViewportSize({ width: 360, height: 740 });
    expect(await overflowOf(page)).toBe(0);
    await page.getByRole('link', { name: 'Meetings' }).first().click();
    await page.getByText('Imports').click();
    await progress.getByText(/finished on .* 1 line could not be read\./s).waitFor();
    expect(await page.locator('table.meetings tbody tr .badge', { hasText: 'On timeline' }).count()).toBe(25);
    expect(await overflowOf(page)).toBe(0);
    await expectNoSeriousFindings(page);
    await page.getByRole('button', { name: /^Dismiss/ }).click();
    await page.getByText('The import is no longer listed.').waitFor();
    expect(await progress.count()).toBe(0);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});
