import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { makeUpSales } from '../../../bench/parts/made-up-sales';
import { createWorkspace } from '../../../src/store/access/workspaces';
import { Browser, startHttpStack, textOf, type HttpStack } from './support';

const NASTY = '<img src=x onerror=alert(1)>';

let stack: HttpStack;
let browser: Browser;
beforeAll(async () => {
  stack = await startHttpStack();
  browser = await stack.signIn();
  await makeUpSales(stack.product.db, {
    workspaceId: stack.workspaceId,
    portalId: 4_815_162,
    meetings: 300,
    deals: 120,
  });
  // Names and texts that try to break the page.
  await stack.product.db
    .updateTable('crm_stages')
    .set({ label: `${NASTY} stage` })
    .where('stage_id', 'like', '%1')
    .execute();
  await stack.product.db
    .updateTable('meeting_facts')
    .set({ topics: [`${NASTY} topic`], topic_keys: ['nasty'] })
    .execute();
});
afterAll(async () => {
  await stack.close();
});

const PATHS = [
  '/analytics',
  '/analytics?section=scores',
  '/analytics?section=deals',
  '/analytics?section=topics&by=stage',
  '/analytics?section=to-do',
  '/analytics?section=coverage',
  '/analytics/score-by-stage',
  '/analytics/topics/meetings?key=nasty',
  '/analytics/topics/csv',
];

test.each(PATHS)('%s needs a signed-in browser', async (path) => {
  const answer = await new Browser(stack.app).get(path);
  expect(answer.statusCode).toBe(401);
  expect(textOf(answer.body)).toMatch('Please sign in');
});

test.each(PATHS)('%s is shown, and text that people wrote is never HTML', async (path) => {
  const answer = await browser.get(path);
  expect(answer.statusCode).toBe(200);
  if (!path.endsWith('/csv')) expect(answer.body).not.toMatch('<img src=x');
});

test('No number of another workspace shows', async () => {
  const other = await createWorkspace(stack.product.db, 'Contoso');
  const stranger = await stack.signIn(other.apiKey);
  const page = textOf((await stranger.get('/analytics')).body);
  expect(page).toMatch('Meetings 0 0 with a score');
  expect(page).not.toMatch('Host');
  const counted = textOf((await stranger.get('/analytics/topics/meetings?key=nasty')).body);
  expect(counted).toMatch('0 meetings');
});

test('The page shows what the API returns', async () => {
  const report = async (query: string) =>
    (await stack.call('GET', `/api/v1/analytics/score-over-time${query}`)).json<{
      rows: unknown[];
      totals: { meetings: number; scored: number };
    }>();
  const { meetings, scored } = (await report('')).totals;
  expect(textOf(await browser.open('/analytics'))).toMatch(`Meetings ${meetings} ${scored} with a score`);
  const narrowed = '?owner=host7@northwind.example&from=2026-01-01&interval=month';
  const page = await browser.open(`/analytics/score-over-time${narrowed}`);
  // Two more rows: the head and the totals.
  expect(page.match(/<tr/g)).toHaveLength((await report(narrowed)).rows.length + 2);
});

test('A number leads to exactly its meetings, page by page', async () => {
  const page = await browser.open('/analytics/score-by-outcome');
  const [, path = '', count = ''] =
    /href="(\/analytics\/score-by-outcome\/meetings\?key=open&amp;column=meetings)">\s*(\d+)/.exec(page) ?? [];
  const seen = new Set<string>();
  for (let next: string | undefined = path.replaceAll('&amp;', '&'); next !== undefined;) {
    // oxlint-disable-next-line no-await-in-loop -- one page after the other
    const { body } = await browser.get(next);
    expect(textOf(body)).toMatch(`${count} meetings, newest first`);
    for (const [, meetingId = ''] of body.matchAll(/<td><a href="\/meetings\/([^"]+)"/g)) seen.add(meetingId);
    next = /rel="next" href="([^"]+)"/.exec(body)?.[1]?.replaceAll('&amp;', '&');
  }
  expect(seen.size).toBe(Number(count));
});

test.each([
  ['/analytics?from=yesterday', 'From “yesterday” must be a date such as 2026-11-06.'],
  ['/analytics?from=2026-11-06&to=2026-11-01', 'To must not be before the first day.'],
  ['/analytics?owner=no-address', 'Owner “no-address” must be the e-mail address of a host.'],
  [
    '/analytics?company=https://app.hubspot.com/contacts/1/record/0-2/5',
    'must be the URL of a company in the connected HubSpot account.',
  ],
  ['/analytics?object=%00', 'must be a part of a custom object'],
])('%s names the error, and the filter is ignored', async (path, error) => {
  const page = textOf((await browser.get(path)).body);
  expect(page).toMatch(error);
  expect(page).toMatch('This filter is ignored until you correct it.');
});

test('A record is found by the URL of its page', async () => {
  const { body } = await browser.get('/analytics?company=https://app.hubspot.com/contacts/4815162/record/0-2/1005');
  expect(body).toMatch('name="company" value="1005"');
});

test('An unknown report is answered with the names of the known ones', async () => {
  for (const path of ['/analytics/made-up', '/analytics/made-up/meetings', '/analytics/made-up/csv']) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    const answer = await browser.get(path);
    expect(answer.statusCode).toBe(404);
    expect(textOf(answer.body)).toMatch('There is no report "made-up". The reports are: score-over-time');
  }
  const answer = await browser.get('/analytics/topics/meetings?column=made-up');
  expect(answer.statusCode).toBe(400);
});
