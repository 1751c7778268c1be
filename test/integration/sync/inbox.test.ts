import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { readWebhookEvents } from '../../../src/hubspot/webhooks/webhook-events';
import { findConnection } from '../../../src/store/connections/connections';
import { portalsWithWork, putEvents } from '../../../src/store/inbox/crm-events';
import { applyCrmChangeWorkflowId } from '../../../src/temporal/names';
import type { ReconcileWorkflow } from '../../../src/workflows/reconcile';
import { meeting } from '../../support/meetings';
import { startStack, type Stack } from '../../support/stack';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ ownNamespace: true });
});
beforeEach(async () => {
  await stack.connect();
  // Otherwise the next test would read the records that this one left unread.
  await stack.apply();
});
afterAll(() => stack.close());

const from = (email: string, meetingId: string) => meeting({ meetingId, participants: [{ email }] });
const created = (id: number, email: string, occurredAt: number) => [
  { subscriptionType: 'contact.creation', objectId: id, occurredAt },
  { subscriptionType: 'contact.propertyChange', objectId: id, propertyName: 'email', propertyValue: email, occurredAt },
];
const reads = () => stack.sandbox.requests.list({ path: '/contacts/batch/read' });

test('an import of unknown contacts reads none of them except the late match', async () => {
  await stack.sync(from('awaited@import.example', 'import'));
  const contact = stack.sandbox.crm.create('contacts', { email: 'awaited@import.example' });
  const now = Date.now();
  const strangers = Array.from({ length: 1_500 }, (_, index) => created(900_000 + index, `p${index}@i.example`, now));
  // HubSpot may send all addresses before all creations, so that no batch of events has both.
  const events = [...strangers, created(Number(contact.id), 'Awaited@import.example', now)].flat();
  stack.sandbox.requests.clear();
  await stack.apply(...events.toSorted((a, b) => b.subscriptionType.localeCompare(a.subscriptionType)));
  expect(await stack.status('import')).toMatchObject({
    status: 'synced',
    links: [{ objectType: 'contacts', id: contact.id }],
  });
  const asked = reads().flatMap(({ body }) => JSON.stringify(body));
  expect(asked.join()).not.toMatch('900');
  const left = await stack.product.db.selectFrom('crm_events').select('id').where('done_at', 'is', null).execute();
  expect(left).toEqual([]);
});

test('creations without addresses are read in batches of 100', async () => {
  // New contacts are read only while a meeting has unmatched participants.
  await stack.sync(from('stranger@hundred.example', 'hundred'));
  const events = Array.from({ length: 250 }, (_, index) => ({
    subscriptionType: 'contact.creation',
    objectId: 800_000 + index,
  }));
  stack.sandbox.requests.clear();
  await stack.apply(...events);
  const inputs = reads().map(({ body }) => JSON.stringify(body).match(/"800\d{3}"/g)?.length ?? 0);
  expect(inputs.reduce((sum, count) => sum + count, 0)).toBe(250);
  // Missing contacts cost no call of their own either.
  expect(stack.sandbox.requests.list().length).toBeLessThanOrEqual(4);
});

test('the inbox is processed at once, without a sweep', async () => {
  await stack.sync(from('soon@soon.example', 'soon'));
  const contact = stack.sandbox.crm.create('contacts', { email: 'soon@soon.example' });
  const common = { portalId: stack.portalId, eventId: 5_000_001, subscriptionId: 1 };
  const event = {
    ...common,
    occurredAt: Date.now(),
    subscriptionType: 'contact.creation',
    objectId: Number(contact.id),
  };
  await putEvents(stack.product.db, readWebhookEvents([event]));
  stack.changes.wakeSoon([stack.portalId, stack.portalId, 999]);
  await untilProcessed();
  const requested = await stack.product.db
    .selectFrom('meetings')
    .select('meeting_id')
    .where('sync_requested_at', 'is not', null)
    .execute();
  expect(requested).toEqual([{ meeting_id: 'soon' }]);
  await stack.starter.sweep(0);
  await stack.until('soon', 'synced');
});

test('after an uninstall in HubSpot, no event, record or meeting is retried endlessly', async () => {
  const contact = stack.sandbox.crm.create('contacts', { email: 'left@left.example' });
  await stack.sync(from('left@left.example', 'left'));
  await stack.apply();
  stack.sandbox.tokens.uninstall(stack.portalId);
  await stack.product.db
    .updateTable('connections')
    .set({ access_token_expires_at: new Date(Date.now() - 1_000) })
    .execute();
  stack.sandbox.requests.clear();

  // The nightly reconciliation notices the refused token, and leaves the meetings as they are.
  await stack.temporal.workflow.execute<typeof ReconcileWorkflow>('ReconcileWorkflow', {
    workflowId: 'nightly',
    taskQueue: stack.taskQueue,
    args: [{}],
  });
  expect(await stack.product.db.selectFrom('reconciliations').selectAll().execute()).toEqual([]);
  expect(await stack.status('left')).toMatchObject({ status: 'synced' });
  expect(await findConnection(stack.product.db, stack.workspaceId)).toMatchObject({ state: 'reauthorize' });

  const event = { subscriptionType: 'contact.deletion', objectId: Number(contact.id) };
  await stack.apply(event);
  const history = await stack.temporal.workflow.getHandle(applyCrmChangeWorkflowId(stack.portalId)).fetchHistory();
  const tries = (history.events ?? []).filter((each) => each.activityTaskScheduledEventAttributes);
  expect(tries).toHaveLength(1);
  expect(await portalsWithWork(stack.product.db)).toEqual([]);
  // Only the refused refresh.
  expect(stack.sandbox.requests.list().map(({ method, path }) => `${method} ${path}`)).toEqual([
    'POST /oauth/2026-03/token',
  ]);

  // The event stays stored, and is processed once the account is connected again.
  await stack.connect();
  expect(await portalsWithWork(stack.product.db)).toEqual([stack.portalId]);
  stack.sandbox.crm.archive('contacts', contact.id);
  await stack.apply();
  expect(await stack.status('left')).toMatchObject({ status: 'skipped', links: [] });
});

test('new records are read at once when no sync is running, and otherwise together later', async () => {
  const { db } = stack.product;
  stack.sandbox.crm.create('contacts', { email: 'new@inbox.example' });
  await stack.sync(meeting({ meetingId: 'new', participants: [{ email: 'new@inbox.example' }] }));
  expect(await portalsWithWork(db)).toEqual([stack.portalId]);
  const busy = (status: 'syncing' | 'synced') =>
    db.updateTable('meetings').set({ status }).where('meeting_id', '=', 'new').execute();
  await busy('syncing');
  expect(await portalsWithWork(db)).toEqual([]);
  await sql`update crm_records set sighted_at = now() - interval '1 minute' where read_at is null`.execute(db);
  expect(await portalsWithWork(db)).toEqual([stack.portalId]);
  await busy('synced');
});

async function untilProcessed(): Promise<void> {
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- polling
    const waiting = await stack.product.db
      .selectFrom('crm_events')
      .select('id')
      .where('done_at', 'is', null)
      .executeTakeFirst();
    if (waiting === undefined) return;
    // oxlint-disable-next-line no-await-in-loop -- polling
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
