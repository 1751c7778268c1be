import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { SecretBox } from '../../../src/secrets';
import { saveConnection } from '../../../src/store/connections/connections';
import { startHttpStack, type HttpStack } from './support';

let stack: HttpStack;
beforeEach(async () => {
  stack = await startHttpStack();
});
afterEach(() => stack.close());

async function connect(secrets: SecretBox): Promise<void> {
  await saveConnection(stack.product.db, {
    workspaceId: stack.workspaceId,
    portalId: 4_815_162,
    hubDomain: null,
    uiDomain: 'app.hubspot.com',
    timeZone: 'UTC',
    accountType: null,
    userId: null,
    userEmail: null,
    scopes: [],
    tokens: {
      accessToken: secrets.seal('token', `access:${stack.workspaceId}`),
      refreshToken: secrets.seal('token', `refresh:${stack.workspaceId}`),
      expiresInSeconds: 1_800,
    },
  });
}

test('A missing encryption key is reported by /readyz and by calls that need HubSpot', async () => {
  await connect(new SecretBox([{ id: 'lost', key: Buffer.alloc(32, 7) }]));
  const ready = await stack.app.inject({ url: '/readyz' });
  expect([ready.statusCode, ready.json<{ encryptionKeys: string }>().encryptionKeys]).toEqual([
    503,
    expect.stringContaining('ENCRYPTION_KEYS lacks "lost"'),
  ]);
  const search = await stack.call('GET', '/api/v1/crm/contacts?q=someone');
  expect(search.statusCode).toBe(503);
  expect(search.json()).toMatchObject({ type: expect.stringMatching(/#encryption-key-missing$/) });
});

test('A damaged token is the trouble of its connection: the server stays ready, and reads the tokens once', async () => {
  const { db, secrets } = stack.product;
  await connect(secrets);
  await sql`update connections set access_token = left(access_token, -6) || 'AAAAAA'`.execute(db);
  for (const ms of [0, 1_100]) {
    // oxlint-disable-next-line no-await-in-loop -- longer than one readiness check is reused
    await new Promise((resolve) => setTimeout(resolve, ms));
    // oxlint-disable-next-line no-await-in-loop -- as above
    const ready = await stack.app.inject({ url: '/readyz' });
    expect([ready.statusCode, ready.json()]).toEqual([
      200,
      expect.not.objectContaining({ encryptionKeys: expect.anything() }),
    ]);
  }
  const connection = await stack.product.connections.describe(stack.workspaceId);
  expect(connection).toMatchObject({ state: 'connected', lastError: expect.stringContaining('is damaged') });
  expect(stack.logLines.filter((line) => line.includes('a stored HubSpot token is damaged'))).toHaveLength(1);
});
