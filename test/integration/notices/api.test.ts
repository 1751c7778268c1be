import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { createWorkspace } from '../../../src/store/access/workspaces';
import { insertApiKey } from '../../../src/store/access/api-keys';
import { OutboundHttp } from '../../../src/outbound/outbound-http';
import { startHttpStack, type HttpStack } from '../http/support';

const WEBHOOK = {
  kind: 'webhook',
  name: 'Pipeline',
  address: 'https://8.8.8.8:4433/hook?token=x',
  events: ['meeting.synced'],
};

let stack: HttpStack;
beforeAll(async () => {
  // As in production: no private address.
  stack = await startHttpStack({ dependencies: { outbound: new OutboundHttp({ privateAddresses: 'refuse' }) } });
});
afterAll(() => stack.close());
beforeEach(async () => {
  await stack.product.db.deleteFrom('outlets').execute();
});

interface Made {
  readonly outlet: { readonly id: string; readonly address: string | null };
  readonly secret: string | null;
}

async function made(body: object = WEBHOOK): Promise<Made> {
  const response = await stack.call('POST', '/api/v1/outlets', body);
  expect([response.statusCode, response.body]).toEqual([201, expect.any(String)]);
  return response.json<Made>();
}

test('a webhook is created with a secret, which is stored encrypted, as its address is', async () => {
  const { outlet, secret } = await made();
  expect(secret).toMatch(/^whsec_[\w+/]{43}=$/);
  expect(outlet).toMatchObject({
    ...WEBHOOK,
    addressHint: '8.8.8.8:4433',
    when: 'at_once',
    includesText: false,
    state: 'on',
    off: null,
    failing: null,
    createdBy: expect.stringContaining('API key'),
  });
  const [row] = await stack.product.db.selectFrom('outlets').selectAll().execute();
  expect(JSON.stringify(row)).not.toContain('token=x');
  expect(JSON.stringify(row)).not.toContain(secret ?? '');
  expect((await stack.call('GET', '/api/v1/outlets')).json()).toEqual({ outlets: [outlet] });
  expect((await stack.call('GET', `/api/v1/outlets/${outlet.id}`)).json()).toEqual(outlet);
});

test('only the scope admin sees addresses and changes anything', async () => {
  const { outlet } = await made();
  const { workspaceId } = stack;
  const reader = await insertApiKey(stack.product.db, { workspaceId, name: 'reader', scopes: ['read'] });
  const seen = await stack.call('GET', `/api/v1/outlets/${outlet.id}`, undefined, reader?.key);
  expect(seen.json()).toMatchObject({ address: null, addressHint: '8.8.8.8:4433' });
  for (const [method, path] of [
    ['PATCH', ''],
    ['DELETE', ''],
    ['POST', '/test'],
    ['POST', '/rotate-secret'],
    ['GET', '/deliveries'],
  ] as const) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    const response = await stack.call(method, `/api/v1/outlets/${outlet.id}${path}`, {}, reader?.key);
    expect([path, response.statusCode]).toEqual([path, 403]);
  }
});

test.each([
  ['an address of this machine', { address: 'http://127.0.0.1:4433/hook' }, 'address'],
  ['a private address', { address: 'https://10.0.0.1/hook' }, 'address'],
  ['a metadata service', { address: 'https://169.254.169.254/latest' }, 'address'],
  ['a mapped private address', { address: 'https://[::ffff:192.168.0.1]/hook' }, 'address'],
  ['a URL with a password', { address: 'https://user:secret@receiver.example/hook' }, 'address'],
  ['no URL', { address: 'receiver' }, 'address'],
  ['no events', { events: [] }, 'events'],
  ['an unknown event', { events: ['meeting.unknown'] }, 'events[0]'],
  ['an unknown field', { color: 'red' }, 'color'],
  ['a digest of a webhook', { when: 'daily' }, 'when'],
])('an outlet with %s is refused', async (_, change, path) => {
  const response = await stack.call('POST', '/api/v1/outlets', { ...WEBHOOK, ...change });
  expect(response.statusCode).toBe(400);
  expect(response.json<{ errors: { path: string }[] }>().errors.map((error) => error.path)).toEqual([path]);
});

test('an outlet is changed, switched off and on, and deleted', async () => {
  const { outlet } = await made();
  const path = `/api/v1/outlets/${outlet.id}`;
  const changed = await stack.call('PATCH', path, {
    name: 'Other',
    events: ['meeting.skipped', 'meeting.synced'],
    includesText: true,
    address: 'https://1.1.1.1:1234/other',
  });
  expect(changed.json()).toMatchObject({
    name: 'Other',
    events: ['meeting.synced', 'meeting.skipped'],
    includesText: true,
    address: 'https://1.1.1.1:1234/other',
    addressHint: '1.1.1.1:1234',
  });
  const off = await stack.call('PATCH', path, { state: 'off' });
  expect(off.json()).toMatchObject({ state: 'off', off: { reason: 'by_person' } });
  expect((await stack.call('POST', `${path}/test`)).statusCode).toBe(409);
  expect((await stack.call('PATCH', path, { state: 'on' })).json()).toMatchObject({ state: 'on', off: null });
  expect((await stack.call('DELETE', path)).statusCode).toBe(204);
  expect((await stack.call('GET', path)).statusCode).toBe(404);
  const actions = await stack.product.db
    .selectFrom('audit_events')
    .select('action')
    .where('object_id', '=', outlet.id)
    .orderBy('id')
    .execute();
  expect(actions.map(({ action }) => action)).toEqual([
    'outlet.create',
    'outlet.change',
    'outlet.change',
    'outlet.change',
    'outlet.delete',
  ]);
});

test('a secret is replaced, and the trail of it has neither secret nor address', async () => {
  const { outlet, secret } = await made();
  const rotated = (await stack.call('POST', `/api/v1/outlets/${outlet.id}/rotate-secret`)).json<Made>();
  expect(rotated.secret).toMatch(/^whsec_/);
  expect(rotated.secret).not.toBe(secret);
  const shown = await stack.call('GET', `/api/v1/outlets/${outlet.id}/secret`);
  expect(shown.json()).toMatchObject({ secret: rotated.secret });
  const trail = JSON.stringify(await stack.product.db.selectFrom('audit_events').selectAll().execute());
  for (const kept of ['token=x', secret ?? '', rotated.secret ?? '']) expect(trail).not.toContain(kept);
});

test('a test event is a delivery, which can be listed and delivered again', async () => {
  const { outlet } = await made();
  const path = `/api/v1/outlets/${outlet.id}`;
  const tested = await stack.call('POST', `${path}/test`);
  expect(tested.statusCode).toBe(202);
  const { id } = tested.json<{ id: string }>();
  const list = await stack.call('GET', `${path}/deliveries?state=waiting`);
  expect(list.json()).toEqual({
    deliveries: [tested.json()],
    nextCursor: null,
    previousCursor: null,
  });
  expect(tested.json()).toMatchObject({
    event: 'outlet.test',
    state: 'waiting',
    attempts: 0,
    noticeId: expect.stringMatching(/^msg_/),
  });
  expect((await stack.call('POST', `${path}/deliveries/${id}/redeliver`)).statusCode).toBe(202);
  const since = await stack.call('POST', `${path}/redeliver`, { since: '2026-01-01T00:00:00Z' });
  expect([since.statusCode, since.json()]).toEqual([202, { deliveries: 0 }]);
});

test('pages of deliveries follow one another', async () => {
  const { outlet } = await made();
  const path = `/api/v1/outlets/${outlet.id}`;
  for (let index = 0; index < 5; index += 1) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await stack.call('POST', `${path}/test`);
  }
  const ids: string[] = [];
  let cursor = '';
  do {
    // oxlint-disable-next-line no-await-in-loop -- each page names the next
    const response = await stack.call('GET', `${path}/deliveries?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`);
    const page = response.json<{ deliveries: { id: string }[]; nextCursor: string | null }>();
    ids.push(...page.deliveries.map(({ id }) => id));
    cursor = page.nextCursor ?? '';
  } while (cursor !== '');
  expect(new Set(ids).size).toBe(5);
});

test('a workspace never sees an outlet of another', async () => {
  const { outlet } = await made();
  const { apiKey } = await createWorkspace(stack.product.db, 'Other');
  const path = `/api/v1/outlets/${outlet.id}`;
  const call = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, body?: object) =>
    (await stack.call(method, url, body, apiKey)).statusCode;
  expect((await stack.call('GET', '/api/v1/outlets', undefined, apiKey)).json()).toEqual({ outlets: [] });
  expect(await call('GET', path)).toBe(404);
  expect(await call('PATCH', path, { state: 'off' })).toBe(404);
  expect(await call('DELETE', path)).toBe(404);
  expect(await call('POST', `${path}/test`)).toBe(404);
  expect(await call('POST', `${path}/rotate-secret`)).toBe(404);
  expect(await call('GET', `${path}/deliveries`)).toBe(404);
});
