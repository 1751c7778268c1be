import { expect, test } from '@jest/globals';
import { listObjectTypes } from '../../../src/hubspot/catalogue/schemas';
import { HubSpotError } from '../../../src/hubspot/client/errors';
import type { Portal } from '../../../src/hubspot/client/portal';

const answering = (body: unknown) =>
  ({
    slot: () => Promise.resolve(),
    send: () =>
      Promise.reject(new HubSpotError('GET /crm-object-schemas/x/schemas', { status: 403, retryAfter: null, body })),
  }) as unknown as Portal;

test('an account without Enterprise or the scope has no custom object types', async () => {
  expect(await listObjectTypes(answering({ category: 'MISSING_SCOPES' }))).toEqual([]);
});

test("a firewall's 403 does not mean that the account has no custom object types", async () => {
  await expect(listObjectTypes(answering('<html>Access denied</html>'))).rejects.toThrow('a firewall');
});
