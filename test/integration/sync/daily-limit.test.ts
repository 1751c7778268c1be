import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { HubSpotError } from '../../../src/hubspot/client/errors';
import { tryNow } from '../../../src/dispatch/limit-probe';
import { hubspotUsage } from '../../../src/store/connections/hubspot-usage';
import { applyCrmChangeWorkflowId } from '../../../src/temporal/names';
import { meeting } from '../../support/meetings';
import { startStack, type Stack } from '../../support/stack';
import { TEST_ACTOR } from '../../support/actors';

let stack: Stack;
beforeEach(async () => {
  stack = await startStack();
  await stack.connect();
  stack.sandbox.crm.create('contacts', { email: 'marc.serra@acme.example' });
});
afterEach(() => stack.close());

const USED_UP = {
  match: { path: '/crm/' },
  action: {
    kind: 'status' as const,
    status: 429,
    body: { status: 'error', message: 'You have reached your daily limit.', policyName: 'DAILY' },
  },
};
const dependencies = () => ({ ...stack.product, changes: stack.changes });
const closed = async () =>
  (await hubspotUsage(stack.product.db, stack.portalId, 'Europe/Madrid')).closed?.limit ?? null;
const until = async (isSo: () => Promise<boolean>) => {
  while (!(await isSo())) await stack.starter.sweep(0);
};

/** A meeting that waits until midnight. */
async function waiting(): Promise<void> {
  stack.sandbox.faults.add(USED_UP);
  await stack.post(meeting({ meetingId: 'm' }));
  expect(await stack.until('m', 'waiting')).toMatchObject({ reason: { code: 'daily_limit' } });
}

test('one accepted request reopens the account, and waiting work continues', async () => {
  await waiting();
  expect(await closed()).toBe('day');
  stack.sandbox.faults.clear();
  stack.sandbox.requests.clear();
  expect(await tryNow(dependencies(), stack.workspaceId, TEST_ACTOR)).toBe(1);
  expect(stack.sandbox.requests.list()).toHaveLength(1);
  expect(await closed()).toBeNull();
  await until(async () => (await stack.status('m')).status === 'synced');
});

test('while HubSpot still refuses, one request is sent and all work keeps waiting', async () => {
  await waiting();
  stack.sandbox.requests.clear();
  await expect(tryNow(dependencies(), stack.workspaceId, TEST_ACTOR)).rejects.toThrow(HubSpotError);
  expect(stack.sandbox.requests.list()).toHaveLength(1);
  expect(await closed()).toBe('day');
  expect(await stack.status('m')).toMatchObject({ status: 'waiting', reason: { code: 'daily_limit' } });
});

test('waiting changes from HubSpot continue too', async () => {
  const contact = stack.sandbox.crm.create('contacts', { email: 'new@acme.example' });
  await waiting();
  await stack.product.db
    .insertInto('crm_events')
    .values({
      portal_id: stack.portalId,
      event_key: 'k',
      kind: 'propertyChange',
      records: [`contacts/${contact.id}`],
      property_name: 'email',
      occurred_at: new Date(),
    })
    .execute();
  while (!(await stack.changes.wake(stack.portalId)));
  const run = stack.temporal.workflow.getHandle(applyCrmChangeWorkflowId(stack.portalId));
  while (!(await timers(run)).includes('daily_limit'));
  stack.sandbox.faults.clear();
  await tryNow(dependencies(), stack.workspaceId, TEST_ACTOR);
  await run.result();
});

async function timers(run: { fetchHistory(): Promise<unknown> }): Promise<string> {
  const { events = [] } = (await run.fetchHistory()) as {
    events?: { userMetadata?: { summary?: { data?: Uint8Array } } }[];
  };
  return events.map(({ userMetadata }) => Buffer.from(userMetadata?.summary?.data ?? '').toString()).join();
}
