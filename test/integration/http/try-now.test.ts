import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { closeBudget } from '../../../src/store/connections/budgets';
import { consent } from './consent';
import { startHttpStack, textOf, type Browser, type HttpStack } from './support';

let stack: HttpStack;
let browser: Browser;
let portalId: number;
beforeAll(async () => {
  stack = await startHttpStack();
  browser = await stack.signIn();
  const asked = await browser.get('/integrations/hubspot/connect');
  await browser.get(await consent(stack.sandbox, asked.headers.location ?? ''));
  portalId = stack.sandbox.portals.list()[0]?.id ?? 0;
});
beforeEach(async () => {
  stack.sandbox.faults.clear();
  for (const budget of ['requests', 'search', 'associations'] as const)
    await closeBudget(stack.product.db, { portalId, budget, forMs: 3_600_000, reason: 'day' });
});
afterAll(() => stack.close());

const PATH = '/integrations/hubspot/try-now';
const refuse = () =>
  stack.sandbox.faults.add({
    match: { path: '/crm/' },
    action: {
      kind: 'status',
      status: 429,
      body: { message: 'You have reached your daily limit.', policyName: 'DAILY' },
    },
  });

test('The page offers to try now while a limit of hours is used up, and shows the result', async () => {
  refuse();
  expect((await browser.press('/settings/integrations', PATH)).statusCode).toBe(303);
  expect(textOf(await browser.open('/settings/integrations'))).toContain('limit for this account is used up');
  stack.sandbox.faults.clear();
  await browser.press('/settings/integrations', PATH);
  const page = await browser.open('/settings/integrations');
  expect(textOf(page)).toContain('HubSpot accepts requests again. Syncing 0 meetings.');
  expect(page).not.toContain(PATH);
});

test.each([
  ['/api/v1/connection/try-now', undefined],
  ['/api/v1/meetings/resync', { reason: 'daily_limit' }],
])('POST %s tries HubSpot first', async (path, body) => {
  refuse();
  const refused = await stack.call('POST', path, body);
  expect([refused.statusCode, Number(refused.headers['retry-after']) > 0]).toEqual([503, true]);
  stack.sandbox.faults.clear();
  expect(await stack.call('POST', path, body).then((answer) => [answer.statusCode, answer.json()])).toEqual([
    202,
    { requested: 0 },
  ]);
});
