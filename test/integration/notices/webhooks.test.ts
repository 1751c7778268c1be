import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { Webhook } from 'standardwebhooks';
import { randomBytes } from 'node:crypto';
import { createWorkspace } from '../../../src/store/access/workspaces';
import { redeliver, putTestNotice, listDeliveries } from '../../../src/store/notices/delivery-lists';
import { findOutlet, replaceSecret } from '../../../src/store/notices/outlets';
import { newWebhookSecret, sealOutlet } from '../../../src/outbound/outlet-secrets';
import { meeting } from '../../support/meetings';
import { startStack, type Stack } from '../../support/stack';
import { happen, statesOf, sweepUntil, webhook } from './outlets';
import { startReceiver, type Receiver } from './receiver';

let stack: Stack;
let receiver: Receiver;
beforeAll(async () => {
  // A day takes 8.6 seconds.
  stack = await startStack({ timeScale: 0.0001 });
});
afterAll(() => stack.close());
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(async () => {
  await stack.product.db.deleteFrom('outlets').execute();
  await stack.product.db.deleteFrom('notices').execute();
  await receiver.close();
});

const delivered = (outletId: string, count: number) => async () =>
  (await statesOf(stack, outletId))['delivered'] === count;
const numbersOf = (secret: string) => receiver.verified(secret).map(({ data }) => data['portalId']);

describe('what a receiver gets', () => {
  test('is signed so that the reference library accepts it, in order, each notice with an id of its own', async () => {
    const { id, secret } = await webhook(stack, receiver.url);
    const happened = await happen(stack, 30);
    await sweepUntil(stack, delivered(id, 30));
    expect(numbersOf(secret)).toEqual(happened);
    const ids = receiver.verified(secret).map((one) => one.id);
    expect(new Set(ids).size).toBe(30);
    expect(ids.every((one) => /^msg_[\da-f]{32}$/.test(one))).toBe(true);
    expect(JSON.parse(receiver.received[0]?.body ?? '')).toEqual({
      type: 'connection.restored',
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
      data: { portalId: 1, url: expect.stringContaining('/settings/integrations') },
    });
  });

  test('is refused by the reference library if it is forged, for another receiver or too old', async () => {
    const { id, secret } = await webhook(stack, receiver.url);
    await happen(stack, 1);
    await sweepUntil(stack, delivered(id, 1));
    const [{ body, headers } = { body: '', headers: {} }] = receiver.received;
    const verify =
      (by: string, text: string, more: Record<string, string> = {}) =>
      () =>
        new Webhook(by).verify(text, { ...headers, ...more });
    expect(verify(secret, body)).not.toThrow();
    expect(verify(secret, body.replace('1', '2'))).toThrow('No matching signature');
    expect(verify(newWebhookSecret(), body)).toThrow('No matching signature');
    expect(verify(secret, body, { 'webhook-id': 'msg_other' })).toThrow('No matching signature');
    const old = String(Math.floor(Date.now() / 1_000) - 600);
    expect(verify(secret, body, { 'webhook-timestamp': old })).toThrow('too old');
  });

  test('is signed with both secrets for a day after a rotation', async () => {
    const { db, secrets } = stack.product;
    const { id, secret: first } = await webhook(stack, receiver.url);
    const second = newWebhookSecret();
    await replaceSecret(db, id, sealOutlet(secrets, id, 'secret', second));
    await happen(stack, 1);
    await sweepUntil(stack, delivered(id, 1));
    expect(receiver.received[0]?.headers['webhook-signature']?.split(' ')).toHaveLength(2);
    expect(numbersOf(first)).toEqual([1]);
    expect(numbersOf(second)).toEqual([1]);

    await sql`update outlets set previous_until = now() where id = ${id}`.execute(db);
    receiver.received.length = 0;
    await happen(stack, 1);
    await sweepUntil(stack, delivered(id, 2));
    expect(numbersOf(second)).toEqual([1]);
    expect(() => receiver.verified(first)).toThrow('No matching signature');
  });

  test('names a meeting, and its title only if the outlet includes text', async () => {
    await stack.connect();
    const quiet = await webhook(stack, receiver.url, { events: ['meeting.skipped'] });
    const open = await webhook(stack, receiver.url, { events: ['meeting.skipped'], includesText: true });
    await stack.sync(meeting({ meetingId: 'm1', title: 'A secret plan' }));
    await sweepUntil(stack, async () => (await delivered(quiet.id, 1)()) && (await delivered(open.id, 1)()));
    const bodies = receiver.received.map(({ body }) => body);
    expect(bodies.filter((body) => body.includes('A secret plan'))).toHaveLength(1);
    expect(bodies.filter((body) => body.includes('No one from this meeting'))).toHaveLength(1);
    expect(bodies.every((body) => body.includes('"meetingId":"m1"') && body.includes('no_crm_match'))).toBe(true);
    expect(bodies.every((body) => !body.includes('acme.example'))).toBe(true);
    // One thing that happened has one id, wherever it goes.
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  });
});

describe('a receiver that is away', () => {
  test('for a day gets everything afterwards, in order, each once', async () => {
    const { id, secret } = await webhook(stack, receiver.url);
    const backAt = Date.now() + 8_640;
    receiver.behave((_received, reply) => reply.code(Date.now() < backAt ? 503 : 204).send());
    const before = await happen(stack, 20);
    await sweepUntil(stack, () => Date.now() > backAt - 4_000);
    const meanwhile = await happen(stack, 5, 20);
    await sweepUntil(stack, () => Date.now() > backAt);
    const triedBefore = receiver.received.length;
    receiver.received.length = 0;
    await sweepUntil(stack, delivered(id, 25));
    expect(triedBefore).toBeGreaterThan(0);
    expect(numbersOf(secret).toSorted((a, b) => Number(a) - Number(b))).toEqual([...before, ...meanwhile]);
    // The first one that works may be any of them. All others follow in order.
    expect(numbersOf(secret).slice(1)).toEqual(
      numbersOf(secret)
        .slice(1)
        .toSorted((a, b) => Number(a) - Number(b)),
    );
  });

  test('that fails for days is switched off, which its other outlets learn, and it is not tried again', async () => {
    const away = await webhook(stack, receiver.url.replace('/hook', '/away'), { events: ['connection.restored'] });
    const other = await webhook(stack, receiver.url, { events: ['meeting.skipped'] });
    receiver.behave(({ path }, reply) => reply.code(path === '/away' ? 500 : 204).send('x'.repeat(2_000)));
    await happen(stack, 1);
    await sweepUntil(stack, delivered(other.id, 1));
    expect(await findOutlet(stack.product.db, stack.workspaceId, away.id)).toMatchObject({
      state: 'off',
      off_reason: 'failing',
    });
    expect(receiver.received.filter(({ path }) => path === '/away')).toHaveLength(10);
    const [notice] = receiver.received.filter(({ path }) => path === '/hook');
    expect(JSON.parse(notice?.body ?? '')).toMatchObject({
      type: 'outlet.switched_off',
      data: { outletId: away.id, cause: 'failing', name: 'Pipeline' },
    });
    const { deliveries } = await listDeliveries(stack.product.db, away.id, {}, { limit: 10 });
    expect(deliveries).toMatchObject([
      { state: 'failed', attempts: 10, status: 500, answer: 'x'.repeat(500), dueAt: null },
    ]);
    await happen(stack, 1);
    expect(await statesOf(stack, away.id)).toEqual({ failed: 1 });
  });

  test('and answers 410 is switched off at once', async () => {
    const { id } = await webhook(stack, receiver.url);
    receiver.behave((_received, reply) => reply.code(410).send());
    await happen(stack, 3);
    await sweepUntil(stack, async () => (await findOutlet(stack.product.db, stack.workspaceId, id))?.state === 'off');
    expect(await findOutlet(stack.product.db, stack.workspaceId, id)).toMatchObject({ off_reason: 'gone' });
    expect(receiver.received).toHaveLength(1);
    expect(await statesOf(stack, id)).toEqual({ failed: 3 });
  });

  test('is not asked again before the time that it names', async () => {
    const { id } = await webhook(stack, receiver.url);
    receiver.behave((_received, reply) => reply.code(429).header('retry-after', '3600').send());
    await happen(stack, 5);
    await sweepUntil(stack, () => receiver.received.length > 0);
    await sweepUntil(
      stack,
      async () => (await findOutlet(stack.product.db, stack.workspaceId, id))?.paused_until !== null,
    );
    const outlet = await findOutlet(stack.product.db, stack.workspaceId, id);
    expect(outlet?.paused_until?.getTime()).toBeGreaterThan(Date.now() + 3_500_000);
  });

  test('gets one notice that fails for good again on request, and all that failed since a time', async () => {
    const { db } = stack.product;
    const { id, secret } = await webhook(stack, receiver.url);
    await happen(stack, 3);
    await sweepUntil(stack, delivered(id, 3));
    await sql`update notice_deliveries set state = 'failed' where outlet_id = ${id}`.execute(db);
    const { deliveries } = await listDeliveries(db, id, {}, { limit: 10 });
    receiver.received.length = 0;
    expect(await redeliver(db, id, { id: deliveries[2]?.id ?? '' })).toBe(1);
    await sweepUntil(stack, delivered(id, 1));
    expect(receiver.verified(secret).map((one) => one.id)).toEqual([
      `msg_${deliveries[2]?.noticeId.replaceAll('-', '')}`,
    ]);
    expect(await redeliver(db, id, { since: new Date(Date.now() + 60_000) })).toBe(0);
    expect(await redeliver(db, id, { since: new Date(Date.now() - 60_000) })).toBe(2);
    await sweepUntil(stack, delivered(id, 3));
    expect(numbersOf(secret)).toEqual([1, 2, 3]);
  });
});

describe('a receiver that misbehaves', () => {
  test('by not answering delays no other outlet and no other workspace', async () => {
    const { db } = stack.product;
    const { workspaceId } = await createWorkspace(db, `other-${randomBytes(4).toString('hex')}`);
    const hanging = await webhook(stack, receiver.url.replace('/hook', '/hangs'));
    const beside = await webhook(stack, receiver.url.replace('/hook', '/beside'));
    const other = await webhook({ ...stack, workspaceId }, receiver.url.replace('/hook', '/other'));
    receiver.behave(({ path }, reply) => (path === '/hangs' ? new Promise(() => undefined) : reply.code(204).send()));
    await happen(stack, 10);
    await happen({ ...stack, workspaceId }, 10, 100);
    await sweepUntil(stack, async () => (await delivered(beside.id, 10)()) && (await delivered(other.id, 10)()));
    expect(await statesOf(stack, hanging.id)).toEqual({ waiting: 10 });
    const at = (path: string) => receiver.received.filter((one) => one.path === path);
    expect(at('/other').every(({ body }) => /"portalId":1\d\d/.test(body))).toBe(true);
    expect(at('/beside').every(({ body }) => /"portalId":\d{1,2},/.test(body))).toBe(true);
  });

  test.each([
    ['a redirect to a private address', 302, 'redirect'],
    ['an internal error', 500, 'refused'],
  ])('with %s is not followed', async (_, status, error) => {
    const { id } = await webhook(stack, receiver.url);
    receiver.behave(({ path }, reply) =>
      reply
        .code(path === '/hook' ? status : 204)
        .header('location', 'http://169.254.169.254/latest/meta-data')
        .send(),
    );
    await happen(stack, 1);
    await sweepUntil(stack, () => receiver.received.length > 1);
    const { deliveries } = await listDeliveries(stack.product.db, id, {}, { limit: 10 });
    expect(deliveries).toMatchObject([{ status, error }]);
    expect(receiver.received.every(({ path }) => path === '/hook')).toBe(true);
  });

  test('with an endless answer is read only so far', async () => {
    const { id } = await webhook(stack, receiver.url);
    receiver.behave((_received, reply) => reply.code(200).send(Buffer.alloc(20_000_000, 'x')));
    await happen(stack, 1);
    await sweepUntil(stack, delivered(id, 1));
    const { deliveries } = await listDeliveries(stack.product.db, id, {}, { limit: 10 });
    expect(deliveries[0]?.answer).toHaveLength(500);
  });

  test.each([
    'http://10.0.0.7/hook',
    'http://169.254.169.254/hook',
    'http://[::ffff:10.0.0.1]/hook',
    'http://0x7f.1:1/hook',
  ])('at %s gets nothing', async (url) => {
    const { id } = await webhook(stack, url);
    await happen(stack, 1);
    const errorOf = async () =>
      (await listDeliveries(stack.product.db, id, {}, { limit: 1 })).deliveries[0]?.error ?? null;
    await sweepUntil(stack, async () => (await errorOf()) !== null);
    expect(await errorOf()).toBe('address_not_allowed');
  });
});

test('a test event goes to its outlet only', async () => {
  const first = await webhook(stack, receiver.url);
  const second = await webhook(stack, receiver.url);
  await putTestNotice(stack.product.db, { outletId: first.id, workspaceId: stack.workspaceId });
  await sweepUntil(stack, delivered(first.id, 1));
  expect(receiver.verified(first.secret)).toMatchObject([{ type: 'outlet.test', data: { outletId: first.id } }]);
  expect(await statesOf(stack, second.id)).toEqual({});
});
