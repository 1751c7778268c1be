import { afterEach, expect, test } from '@jest/globals';
import { requeue, withReason } from '../../../src/store/meetings/requeue';
import { meeting } from '../../support/meetings';
import { startStack, type Stack } from '../../support/stack';

let stack: Stack;
afterEach(() => stack.close());

async function connected(): Promise<string> {
  stack = await startStack();
  await stack.connect();
  return stack.sandbox.crm.create('contacts', { email: 'marc.serra@acme.example' }).id;
}

const status = (code: number, body: unknown, headers?: Record<string, string>) =>
  ({ kind: 'status', status: code, body, ...(headers === undefined ? {} : { headers }) }) as const;
const html = status(403, '<html><body>Access denied</body></html>', { 'content-type': 'text/html' });
const refresh = { path: '/oauth/', body: 'refresh_token' };

test('meetings wait while the token endpoint fails, and continue automatically', async () => {
  await connected();
  const fault = stack.sandbox.faults.add({
    match: refresh,
    action: status(400, { status: 'UNKNOWN', message: 'something odd', error: 'temporarily_unavailable' }),
  });
  stack.sandbox.tokens.expire(stack.portalId);
  await stack.post(meeting({ meetingId: 'm' }));
  expect(await stack.until('m', 'waiting', 'needs_attention')).toMatchObject({ reason: { code: 'hubspot_down' } });
  expect(await stack.product.connections.describe(stack.workspaceId)).toMatchObject({
    state: 'connected',
    lastError: 'something odd',
  });
  stack.sandbox.faults.clear(fault);
  expect(await stack.until('m', 'synced', 'needs_attention')).toMatchObject({ status: 'synced' });
});

test('a rejected app is reported as misconfigured, and the next token continues its meetings', async () => {
  await connected();
  const fault = stack.sandbox.faults.add({
    match: refresh,
    action: status(401, { status: 'BAD_REFRESH_TOKEN', error: 'invalid_client', message: 'unknown client' }),
  });
  stack.sandbox.tokens.expire(stack.portalId);
  expect(await stack.sync(meeting({ meetingId: 'm' }))).toMatchObject({
    status: 'needs_attention',
    reason: { code: 'app_misconfigured', message: expect.stringContaining('unknown client') },
  });
  stack.sandbox.faults.clear(fault);
  expect(await stack.sync(meeting({ meetingId: 'next' }))).toMatchObject({ status: 'synced' });
  await stack.starter.sweep(0);
  expect(await stack.until('m', 'synced')).toMatchObject({ reason: null });
});

test('a moved account needs a reconnection and says why, and reconnecting continues its meetings', async () => {
  const id = await connected();
  const fault = stack.sandbox.faults.add({
    match: { path: '/crm/' },
    action: status(488, {
      status: 'error',
      message: 'Hub 12345 is unknown to this Hublet, but it appears to exist in Hublet eu1',
      correctHublet: 'eu1',
    }),
  });
  const why = expect.stringMatching(/another HubSpot data center now \(eu1\).*unknown to this Hublet/);
  for (const meetingId of ['m1', 'm2'])
    // oxlint-disable-next-line no-await-in-loop -- the second finds the connection closed
    expect(await stack.sync(meeting({ meetingId }))).toMatchObject({
      status: 'needs_attention',
      reason: { code: 'reauthorize', message: why },
    });
  expect(await stack.product.connections.describe(stack.workspaceId)).toMatchObject({
    state: 'reauthorize',
    lastError: why,
  });
  stack.sandbox.faults.clear(fault);
  await stack.connect();
  await requeue(stack.product.db, withReason(stack.workspaceId, 'reauthorize'), 'retry');
  await stack.starter.sweep(0);
  await Promise.all(['m1', 'm2'].map((meetingId) => stack.until(meetingId, 'synced')));
  expect(stack.sandbox.crm.timeline('contacts', id)).toHaveLength(4);
});

test('a firewall in front of HubSpot is an outage that passes, not a missing permission', async () => {
  await connected();
  const fault = stack.sandbox.faults.add({ match: { path: '/crm/' }, action: html });
  await stack.post(meeting({ meetingId: 'm' }));
  expect(await stack.until('m', 'waiting', 'needs_attention')).toMatchObject({ reason: { code: 'hubspot_down' } });
  stack.sandbox.faults.clear(fault);
  expect(await stack.until('m', 'synced', 'needs_attention')).toMatchObject({ status: 'synced' });
});

test('an unknown 403 is shown with HubSpot’s message', async () => {
  await connected();
  stack.sandbox.faults.add({
    match: { path: '/associations/' },
    action: status(403, { status: 'error', message: 'This account has no access to associations' }),
  });
  expect(await stack.sync(meeting({ meetingId: 'm' }))).toMatchObject({
    status: 'needs_attention',
    reason: { code: 'missing_scope', message: expect.stringContaining('This account has no access to associations.') },
  });
});

test('a refused property is shown with its rule and settings page, and the raw response is kept', async () => {
  await connected();
  const message =
    'Property values were not valid: [{"isValid":false,"message":"Titles begin with a customer number","error":"RULE","name":"hs_meeting_title"}]';
  stack.sandbox.faults.add({
    match: { pattern: '/meetings/batch/create$' },
    action: status(400, { status: 'error', category: 'VALIDATION_ERROR', correlationId: 'c-1', message }),
  });
  const { reason } = await stack.sync(meeting({ meetingId: 'm' }));
  expect(reason).toMatchObject({
    code: 'hubspot_rejected',
    message: expect.stringContaining('“hs_meeting_title” (Titles begin with a customer number)'),
    refusal: {
      raw: message,
      correlationId: 'c-1',
      properties: [
        {
          name: 'hs_meeting_title',
          settings: expect.stringContaining(
            `/property-settings/${stack.portalId}/properties?type=0-47&search=hs_meeting_title`,
          ),
        },
      ],
    },
  });
  expect(reason?.message).not.toContain('isValid');
});

test('a private meeting has its own reason', async () => {
  await connected();
  await stack.sync(meeting({ meetingId: 'm' }));
  expect(await stack.sync(meeting({ meetingId: 'm', private: true }))).toMatchObject({
    status: 'skipped',
    reason: { code: 'private', action: expect.not.stringContaining('setting') },
    engagements: { summary: null, notes: null },
  });
});
