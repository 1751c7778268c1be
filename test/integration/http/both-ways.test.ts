import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { signatureOf } from '../../../src/hubspot/webhook-signature';
import { startHttpStack, type HttpStack } from './support';

let stack: HttpStack;
beforeAll(async () => {
  stack = await startHttpStack();
});
afterAll(() => stack.close());

const uri = 'http://localhost:3000/webhooks/hubspot';
const event = {
  eventId: 1,
  subscriptionId: 2,
  portalId: 3,
  occurredAt: 1_700_000_000_000,
  subscriptionType: 'contact.creation',
  objectId: 4,
};
const deliver = async (body: string, options: { age?: number; secret?: string; signature?: string } = {}) => {
  const timestamp = String(Date.now() - (options.age ?? 0));
  const signature =
    options.signature ?? signatureOf({ method: 'POST', uri, body, timestamp }, options.secret ?? 'sandbox-secret');
  return await stack.app.inject({
    method: 'POST',
    url: '/webhooks/hubspot',
    headers: {
      'content-type': 'application/json',
      'x-hubspot-signature-v3': signature,
      'x-hubspot-request-timestamp': timestamp,
    },
    payload: body,
  });
};

test('signed events are stored once, forged and old ones are refused', async () => {
  const body = JSON.stringify([event, { ...event, subscriptionType: 'ticket.creation' }, { strange: true }]);
  expect((await deliver(body)).statusCode).toBe(200);
  expect((await deliver(body)).statusCode).toBe(200);
  expect((await deliver(body, { secret: 'other' })).statusCode).toBe(401);
  expect((await deliver(body, { age: 301_000 })).statusCode).toBe(401);
  expect((await deliver(body, { signature: '' })).statusCode).toBe(401);
  const rows = await stack.product.db.selectFrom('crm_events').selectAll().execute();
  expect(rows).toMatchObject([{ portal_id: 3, kind: 'creation', records: ['contacts/4'], done_at: null }]);
});

test('settings are read, changed in part, and bad ones name the field', async () => {
  expect((await stack.call('GET', '/api/v1/settings')).json()).toMatchObject({
    ownDomains: [],
    createMissingContacts: false,
  });
  const changed = await stack.call('PATCH', '/api/v1/settings', { ownDomains: ['Acme.example'] });
  expect([changed.statusCode, changed.json()]).toMatchObject([
    200,
    { ownDomains: ['acme.example'], minimumMinutes: 0 },
  ]);
  const refused = await stack.call('PATCH', '/api/v1/settings', { minimumMinutes: -1, colour: 'red' });
  expect(refused.statusCode).toBe(400);
  expect(JSON.stringify(refused.json())).toMatch(/minimumMinutes.*colour|colour.*minimumMinutes/);
});

const put = async (path: string) => (await stack.call('PUT', `/api/v1/meetings/${path}`)).statusCode;

test('links by hand need a known meeting, a known type and a connection', async () => {
  expect(await put('unknown/links/contacts/1')).toBe(404);
  expect(await put('m1/links/tickets/1')).toBe(400);
  expect(await put('m1/links/contacts/abc')).toBe(400);
});

test('a context of an unknown meeting and an unknown reconciliation are 404', async () => {
  expect((await stack.call('GET', '/api/v1/meetings/unknown/context')).statusCode).toBe(404);
  expect((await stack.call('GET', '/api/v1/reconcile/00000000-0000-0000-0000-000000000000')).statusCode).toBe(404);
});
