import { afterEach, expect, test } from '@jest/globals';
import { deleteConnection } from '../../../src/store/connections/connections';
import { requeue, withReason } from '../../../src/store/meetings/requeue';
import { connectToSandbox } from '../../support/connect';
import { meeting } from '../../support/meetings';
import { startStack, type Stack } from '../../support/stack';
import { TEST_ACTOR } from '../../support/actors';

let stack: Stack;
afterEach(() => stack.close());

const refreshes = () =>
  stack.sandbox.requests
    .list({ path: '/oauth/' })
    .filter((request) => JSON.stringify(request.body).includes('refresh_token'));

test('a token about to expire is refreshed once for all concurrent callers', async () => {
  stack = await startStack();
  await stack.connect({ expiresInSeconds: 1 });
  await new Promise((resolve) => setTimeout(resolve, 900));
  const tokens = await Promise.all(Array.from({ length: 20 }, () => stack.product.tokens.access(stack.workspaceId)));
  expect(new Set(tokens.map((token) => token.accessToken)).size).toBe(1);
  expect(refreshes()).toHaveLength(1);
});

test('a 401 during a sync leads to a refresh and a retry, not to a failure', async () => {
  stack = await startStack();
  await stack.connect();
  stack.sandbox.crm.create('contacts', { email: 'marc.serra@acme.example' });
  stack.sandbox.tokens.expire(stack.portalId);
  expect(await stack.sync(meeting({ meetingId: 'm1' }))).toMatchObject({ status: 'synced' });
  expect(refreshes()).toHaveLength(1);
});

test('a rejected refresh closes the connection, and reconnecting continues the waiting meetings', async () => {
  stack = await startStack();
  await stack.connect();
  const { id } = stack.sandbox.crm.create('contacts', { email: 'marc.serra@acme.example' });
  await stack.sync(meeting({ meetingId: 'before' }));
  stack.sandbox.tokens.uninstall(stack.portalId);

  const waiting = await stack.sync(meeting({ meetingId: 'm1' }));
  expect(waiting).toMatchObject({
    status: 'needs_attention',
    reason: { code: 'reauthorize', action: expect.stringContaining('Reconnect') },
  });
  expect(await stack.product.connections.describe(stack.workspaceId)).toMatchObject({
    state: 'reauthorize',
    lastError: expect.any(String),
  });

  const calls = stack.sandbox.requests.list().length;
  expect(await stack.sync(meeting({ meetingId: 'm2' }))).toMatchObject({ status: 'needs_attention' });
  // The refused token is not used for another call.
  expect(stack.sandbox.requests.list()).toHaveLength(calls);

  await stack.connect();
  await requeue(stack.product.db, withReason(stack.workspaceId, 'reauthorize'), 'retry');
  await stack.starter.sweep(0);
  await Promise.all(['m1', 'm2'].map((meetingId) => stack.until(meetingId, 'synced')));
  expect(stack.sandbox.crm.timeline('contacts', id)).toHaveLength(6);
});

test('disconnecting and reconnecting loses nothing and writes nothing twice', async () => {
  stack = await startStack();
  await stack.connect();
  const { id } = stack.sandbox.crm.create('contacts', { email: 'marc.serra@acme.example' });
  const before = await stack.sync(meeting({ meetingId: 'm1' }));
  await stack.product.connections.disconnect(stack.workspaceId, TEST_ACTOR);
  expect(stack.sandbox.tokens.installed(stack.portalId)).toBe(false);
  expect(await stack.resync('m1')).toMatchObject({ status: 'needs_attention', reason: { code: 'not_connected' } });
  await stack.connect();
  expect((await stack.resync('m1')).engagements).toEqual(before.engagements);
  expect(stack.sandbox.crm.timeline('contacts', id)).toHaveLength(2);
});

test('meetings without a connection need attention until there is one', async () => {
  stack = await startStack();
  expect(await stack.sync(meeting({ meetingId: 'm1' }))).toMatchObject({
    status: 'needs_attention',
    reason: { code: 'not_connected', action: expect.stringContaining('Settings') },
  });
});

test('a meeting that needs a missing scope needs attention, and the reason names the scope', async () => {
  stack = await startStack();
  await stack.connect({
    scopes: ['oauth', 'crm.objects.contacts.read', 'crm.objects.companies.read', 'crm.objects.deals.read'],
  });
  stack.sandbox.crm.create('contacts', { email: 'marc.serra@acme.example' });
  expect(await stack.sync(meeting({ meetingId: 'm1' }))).toMatchObject({
    status: 'needs_attention',
    reason: { code: 'missing_scope', message: expect.stringContaining('crm.objects.contacts.write') },
  });
});

test('meetings wait during an outage of HubSpot with few requests, and continue afterwards', async () => {
  stack = await startStack();
  await stack.connect();
  stack.sandbox.crm.create('contacts', { email: 'marc.serra@acme.example' });
  const outage = stack.sandbox.faults.add({ match: { path: '/crm/' }, action: { kind: 'html-502' } });
  const ids = Array.from({ length: 12 }, (_, index) => `down-${index}`);
  await Promise.all(ids.map((meetingId) => stack.post(meeting({ meetingId }))));
  await Promise.race(ids.map((meetingId) => stack.until(meetingId, 'waiting')));
  stack.sandbox.faults.clear(outage);
  const documents = await Promise.all(ids.map((meetingId) => stack.until(meetingId, 'synced', 'needs_attention')));
  expect(documents.map(({ status, reason }) => ({ status, reason }))).toEqual(
    ids.map(() => ({ status: 'synced', reason: null })),
  );
});

test('a step that knows the connection of a moment ago sends nothing once it is gone, or of another account', async () => {
  stack = await startStack();
  await stack.connect();
  const { db, gateway } = stack.product;
  const { workspaceId, sandbox } = stack;
  await gateway.connect(workspaceId);

  const other = sandbox.portals.create().id;
  await connectToSandbox(stack.product, sandbox, { workspaceId, portalId: other });
  const before = await gateway.connect(workspaceId, { maxAgeMs: 60_000 });
  expect(before.portalId).toBe(stack.portalId);
  await expect(before.crm.contacts.byPrimary('marc@acme.example')).rejects.toThrow('not connected');
  // That request has read the connection again.
  expect((await gateway.connect(workspaceId, { maxAgeMs: 60_000 })).portalId).toBe(other);

  await deleteConnection(db, workspaceId);
  const { crm } = await gateway.connect(workspaceId, { maxAgeMs: 60_000 });
  await expect(crm.contacts.byPrimary('marc@acme.example')).rejects.toThrow('not connected');
  await expect(gateway.connect(workspaceId, { maxAgeMs: 60_000 })).rejects.toThrow('not connected');
  expect(sandbox.requests.list({ path: '/crm/' })).toEqual([]);
});
