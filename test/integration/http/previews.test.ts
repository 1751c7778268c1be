import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { MeetingSyncClient } from '../../../src/client';
import { finishDeletion, requestDeletion } from '../../../src/store/meetings/delete-meeting';
import { saveConnection } from '../../../src/store/connections/connections';
import { createWorkspace } from '../../../src/store/access/workspaces';
import { meeting } from '../../support/meetings';
import { startHttpStack, type HttpStack } from './support';

let stack: HttpStack;
beforeAll(async () => {
  stack = await startHttpStack();
  await connect();
  await stack.call('POST', '/api/v1/meetings', meeting({ meetingId: 'm1' }));
});
afterAll(() => stack.close());

async function connect(): Promise<void> {
  const { workspaceId, product, sandbox } = stack;
  const issued = sandbox.tokens.issue();
  await saveConnection(product.db, {
    workspaceId,
    portalId: issued.grant.portalId,
    hubDomain: 'northwind.example',
    uiDomain: 'app.hubspot.com',
    timeZone: 'Europe/Madrid',
    accountType: 'STANDARD',
    userId: issued.grant.userId,
    userEmail: 'admin@northwind.example',
    scopes: issued.grant.scopes,
    tokens: product.tokens.seal(workspaceId, {
      accessToken: issued.accessToken,
      refreshToken: issued.refreshToken,
      expiresInSeconds: issued.expiresIn,
      portalId: issued.grant.portalId,
      userId: null,
      scopes: null,
    }),
  });
}
const previewOf = (meetingId: string, apiKey?: string) =>
  stack.call('GET', `/api/v1/meetings/${meetingId}/preview`, undefined, apiKey);
const previewSettings = (patch: unknown, apiKey?: string) =>
  stack.call('POST', '/api/v1/settings/preview', patch, apiKey);

test('Unknown meetings are 404, and previews need a connected account', async () => {
  const { apiKey } = await createWorkspace(stack.product.db, 'Not connected');
  await stack.call('POST', '/api/v1/meetings', meeting({ meetingId: 'm1' }), apiKey);
  expect((await previewOf('unknown', apiKey)).statusCode).toBe(404);
  for (const answer of [await previewOf('m1', apiKey), await previewSettings({ maxDeals: 1 }, apiKey)]) {
    expect(answer.statusCode).toBe(409);
    expect(answer.json()).toMatchObject({ type: expect.stringContaining('#not-connected'), status: 409 });
  }
});

test('A connected workspace sees both activities and every record, also through the client', async () => {
  const answer = await previewOf('m1');
  expect(answer.statusCode).toBe(200);
  const preview = answer.json<object>();
  expect(preview).toMatchObject({
    meetingId: 'm1',
    activities: { summary: { objectType: 'meetings' }, notes: { objectType: 'notes', title: null } },
  });
  const url = await stack.app.listen({ host: '127.0.0.1', port: 0 });
  expect(await new MeetingSyncClient({ url, apiKey: stack.apiKey }).preview('m1')).toEqual(preview);
});

test('A settings preview accepts the body of PATCH, and changes nothing', async () => {
  const settings = (await stack.call('GET', '/api/v1/settings')).json<object>();
  const answer = await previewSettings({ minimumMinutes: 60 });
  expect(answer.json()).toMatchObject({
    meetings: [{ meetingId: 'm1', checked: true, writtenAfter: false, reason: { code: 'meeting_excluded' } }],
  });
  expect((await stack.call('GET', '/api/v1/settings')).json()).toEqual(settings);
  const refused = await previewSettings({ minimumMinutes: -1 });
  expect(refused.statusCode).toBe(400);
  expect(refused.json()).toMatchObject({ errors: [{ path: 'minimumMinutes' }] });
});

test('While HubSpot is unavailable, a preview is 503 with Retry-After', async () => {
  const fault = stack.sandbox.faults.add({ match: { path: '/crm/' }, action: { kind: 'html-502' } });
  try {
    for (const answer of [await previewOf('m1'), await previewSettings({ maxDeals: 1 })]) {
      expect(answer.statusCode).toBe(503);
      expect(answer.json()).toMatchObject({ type: expect.stringContaining('#hubspot-unavailable') });
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    }
  } finally {
    stack.sandbox.faults.clear(fault);
  }
});

test('A deleted meeting has no preview', async () => {
  const key = { workspaceId: stack.workspaceId, meetingId: 'm2' };
  await stack.call('POST', '/api/v1/meetings', meeting({ meetingId: 'm2' }));
  await requestDeletion(stack.product.db, key.workspaceId, key.meetingId);
  await finishDeletion(stack.product.db, key);
  const answer = await previewOf('m2');
  expect([answer.statusCode, answer.json()]).toMatchObject([404, { detail: expect.stringContaining('deleted') }]);
});

test('Every change of the settings is listed with its author; a patch without an effect is not', async () => {
  const { apiKey } = await createWorkspace(stack.product.db, 'Changes its settings');
  const patch = (settings: object) => stack.call('PATCH', '/api/v1/settings', settings, apiKey);
  const listed = () => stack.call('GET', '/api/v1/settings/changes', undefined, apiKey);
  await patch({ ownDomains: ['acme.example'], maxDeals: null });
  await patch({ ownDomains: ['acme.example'] });
  await patch({ maxDeals: 3, openDealsOnly: true });
  const { changes } = (await listed()).json<{ changes: object[] }>();
  expect(changes).toEqual([
    {
      changedBy: 'API key "first key"',
      changedAt: expect.stringMatching(/^\d{4}-.*Z$/),
      fields: [
        { field: 'openDealsOnly', before: false, after: true },
        { field: 'maxDeals', before: null, after: 3 },
      ],
    },
    expect.objectContaining({ fields: [{ field: 'ownDomains', before: [], after: ['acme.example'] }] }),
  ]);
  // oxlint-disable-next-line no-await-in-loop -- one after the other
  for (let number = 1; number <= 60; number += 1) await patch({ minimumMinutes: number });
  const newest = (await listed()).json<{ changes: { fields: object[] }[] }>().changes;
  expect(newest).toHaveLength(50);
  expect(newest[0]?.fields).toEqual([{ field: 'minimumMinutes', before: 59, after: 60 }]);
});
