import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { signatureOf } from '../../../src/hubspot/webhooks/webhook-signature';
import { deleteOldDeliveries } from '../../../src/store/inbox/taken-deliveries';
import { createWorkspace } from '../../../src/store/access/workspaces';
import { startHttpStack, type HttpStack } from './support';

let stack: HttpStack;
beforeAll(async () => {
  stack = await startHttpStack();
});
beforeEach(async () => {
  const { db } = stack.product;
  await db.deleteFrom('crm_events').execute();
  await db.deleteFrom('taken_deliveries').execute();
  stack.woken.length = 0;
});
afterAll(() => stack.close());

const event = {
  eventId: 1,
  subscriptionId: 2,
  portalId: 3,
  occurredAt: 1_700_000_000_000,
  subscriptionType: 'contact.creation',
  objectId: 4,
};
const SECRET = 'sandbox-secret';

interface Delivery {
  readonly body: string;
  readonly url: string;
  readonly headers: Record<string, string>;
}

/** A delivery with HubSpot's signature. */
function signed(
  body: string,
  { age = 0, secret = SECRET, path = '/webhooks/hubspot' }: { age?: number; secret?: string; path?: string } = {},
): Delivery {
  const timestamp = String(Date.now() - age);
  const uri = `http://localhost:3000${path}`;
  return {
    body,
    url: path,
    headers: {
      'content-type': 'application/json',
      'x-hubspot-signature-v3': signatureOf({ method: 'POST', uri, body, timestamp }, secret),
      'x-hubspot-request-timestamp': timestamp,
    },
  };
}

async function deliver({ body, url, headers }: Delivery): Promise<number> {
  const { statusCode } = await stack.app.inject({ method: 'POST', url, headers, payload: body });
  return statusCode;
}

const stored = () => stack.product.db.selectFrom('crm_events').selectAll().orderBy('portal_id').execute();

test('Signed events are stored once each, regardless of the other events in the delivery, and their portals are woken', async () => {
  const events = [
    event,
    { ...event, portalId: '4', eventId: 'b', occurredAt: '1700000000000', objectId: '5', subscriptionId: undefined },
    { ...event, subscriptionType: 'ticket.creation' },
    { strange: true },
  ];
  const body = JSON.stringify(events);
  expect(await deliver(signed(body))).toBe(200);
  // HubSpot signs a repeated delivery again, with a new timestamp.
  expect(await deliver(signed(body, { age: 1_000 }))).toBe(200);
  expect(await stored()).toMatchObject([
    { portal_id: 3, kind: 'creation', records: ['contacts/4'], done_at: null },
    { portal_id: 4, kind: 'creation', records: ['contacts/5'], done_at: null },
  ]);
  expect(new Set(stack.woken)).toEqual(new Set([3, 4]));
});

test('An event with characters that cannot be stored does not delay the others of its delivery', async () => {
  const odd = { ...event, subscriptionType: 'contact.propertyChange', propertyName: 'email', propertyValue: 'a\0b' };
  const merge = { ...event, subscriptionType: 'contact.merge', primaryObjectId: 1 };
  const mergedObjectIds = Array.from({ length: 5_000 }, (_, index) => index + 10);
  const events = [
    event,
    odd,
    { ...odd, eventId: 2, occurredAt: 9e15 },
    { ...odd, eventId: 3, occurredAt: -9e14 },
    { ...merge, mergedObjectIds },
  ];
  expect(await deliver(signed(JSON.stringify(events)))).toBe(200);
  expect(await stored()).toHaveLength(events.length);
});

describe('Refused with 401, and nothing is stored', () => {
  const body = JSON.stringify([{ ...event, portalId: 666 }]);
  const without = (name: string): Delivery => {
    const delivery = signed(body);
    const { [name]: _, ...headers } = delivery.headers;
    return { ...delivery, headers };
  };
  const withHeader = (name: string, value: string): Delivery => {
    const delivery = signed(body);
    return { ...delivery, headers: { ...delivery.headers, [name]: value } };
  };
  const bare = createHash('sha256').update(`${SECRET}${body}`).digest('hex');
  test.each<[string, () => Delivery]>([
    ['another secret', () => signed(body, { secret: 'other' })],
    ['older than five minutes', () => signed(body, { age: 301_000 })],
    ['from the future', () => signed(body, { age: -61_000 })],
    ['a body that was changed', () => ({ ...signed(JSON.stringify([event])), body })],
    [
      'a body that was parsed and written again',
      () => ({ ...signed(body), body: JSON.stringify(JSON.parse(body), null, 1) }),
    ],
    ['a signature of another path', () => ({ ...signed(body, { path: '/webhooks/other' }), url: '/webhooks/hubspot' })],
    ['no signature', () => without('x-hubspot-signature-v3')],
    ['an empty signature', () => withHeader('x-hubspot-signature-v3', '')],
    ['a signature that is none', () => withHeader('x-hubspot-signature-v3', 'AAAA')],
    ['no timestamp', () => without('x-hubspot-request-timestamp')],
    ['another timestamp', () => withHeader('x-hubspot-request-timestamp', String(Date.now() - 5))],
    ['a timestamp that is none', () => withHeader('x-hubspot-request-timestamp', 'now')],
    [
      'the older signature alone',
      () => ({
        body,
        url: '/webhooks/hubspot',
        headers: { 'x-hubspot-signature': bare, 'x-hubspot-signature-version': 'v1' },
      }),
    ],
  ])('%s', async (_, delivery) => {
    expect(await deliver(delivery())).toBe(401);
    expect((await stored()).filter((row) => row.portal_id === 666)).toEqual([]);
  });
});

test('A replay of an accepted delivery is refused; a repeat of a failed one is accepted', async () => {
  const { db } = stack.product;
  const delivery = signed(JSON.stringify([{ ...event, portalId: 7 }]));
  await sql`alter table crm_events rename to crm_events_away`.execute(db);
  expect(await deliver(delivery)).toBe(503);
  await sql`alter table crm_events_away rename to crm_events`.execute(db);
  expect(await deliver(delivery)).toBe(200);
  await db.deleteFrom('crm_events').where('portal_id', '=', 7).execute();
  expect(await Promise.all([deliver(delivery), deliver(delivery)])).toEqual([401, 401]);
  expect((await stored()).filter((row) => row.portal_id === 7)).toEqual([]);

  const age = (minutes: number) =>
    sql`update taken_deliveries set taken_at = now() - make_interval(mins => ${minutes})`.execute(db);
  await age(7);
  await deleteOldDeliveries(db);
  expect(await deliver(delivery)).toBe(401);
  await age(11);
  await deleteOldDeliveries(db);
  expect(await db.selectFrom('taken_deliveries').select('signature').execute()).toEqual([]);
});

test('A signed body that is not an array of events is refused, an empty array is accepted', async () => {
  for (const body of ['[{', 'null', '{}', JSON.stringify(event), '"text"', '']) {
    // oxlint-disable-next-line no-await-in-loop -- few
    expect([body, await deliver(signed(body))]).toEqual([body, 400]);
  }
  expect(await stored()).toEqual([]);
  expect(await deliver(signed('[]'))).toBe(200);
});

describe('Refused, signed or not, and nothing is stored', () => {
  const body = JSON.stringify([event]);
  const QUERY = '?userId=1&portalId=3&userEmail=a%40b.example&appId=4';
  test.each([`/webhooks/hubspot${QUERY}`, '/%77ebhooks/hubspot', '/webhooks/hubspot/'])('POST %s', async (path) => {
    const logged = stack.logLines.length;
    expect(await deliver(signed(body, { path }))).toBe(404);
    // A signature for the webhook's URL is not valid for another URL either.
    expect(await deliver({ ...signed(body), url: path })).toBe(404);
    expect(await stored()).toEqual([]);
    expect(stack.logLines.slice(logged).filter((line) => line.includes('"event":"security"'))).toHaveLength(2);
  });

  test.each(['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE'] as const)('%s', async (method) => {
    const timestamp = String(Date.now());
    const uri = 'http://localhost:3000/webhooks/hubspot';
    const { statusCode } = await stack.app.inject({
      method,
      url: '/webhooks/hubspot',
      headers: {
        'content-type': 'application/json',
        'x-hubspot-signature-v3': signatureOf({ method, uri, body, timestamp }, SECRET),
        'x-hubspot-request-timestamp': timestamp,
      },
      ...(method === 'GET' || method === 'HEAD' ? {} : { payload: body }),
    });
    expect(statusCode).toBe(405);
    expect(await stored()).toEqual([]);
  });
});

test('Settings are read and changed in part, and validation errors name the field', async () => {
  const { apiKey } = await createWorkspace(stack.product.db, 'Changes its settings');
  expect((await stack.call('GET', '/api/v1/settings', undefined, apiKey)).json()).toMatchObject({
    ownDomains: [],
    createMissingContacts: 'never',
  });
  const changed = await stack.call('PATCH', '/api/v1/settings', { ownDomains: ['Acme.example'] }, apiKey);
  expect([changed.statusCode, changed.json()]).toMatchObject([
    200,
    { ownDomains: ['acme.example'], minimumMinutes: 0 },
  ]);
  const refused = await stack.call('PATCH', '/api/v1/settings', { minimumMinutes: -1, colour: 'red' }, apiKey);
  expect(refused.statusCode).toBe(400);
  expect(JSON.stringify(refused.json())).toMatch(/minimumMinutes.*colour|colour.*minimumMinutes/);
});

const put = async (path: string) => (await stack.call('PUT', `/api/v1/meetings/${path}`)).statusCode;

test('Links by hand need a known meeting, a known type and a connection', async () => {
  expect(await put('unknown/links/contacts/1')).toBe(404);
  expect(await put('m1/links/tickets/1')).toBe(400);
  expect(await put('m1/links/contacts/abc')).toBe(400);
});

test('The context of an unknown meeting and an unknown reconciliation are 404', async () => {
  expect((await stack.call('GET', '/api/v1/meetings/unknown/context')).statusCode).toBe(404);
  expect((await stack.call('GET', '/api/v1/reconcile/00000000-0000-0000-0000-000000000000')).statusCode).toBe(404);
});
