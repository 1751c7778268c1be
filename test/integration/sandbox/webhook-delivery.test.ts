import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { startSandbox } from '../../../sandbox/sandbox';
import type { Sandbox } from '../../../sandbox/sandbox';
import type { WebhookChanges } from '../../../sandbox/webhooks/settings';
import { at, listAt, replyOf } from './client';
import { startReceiver } from './receiver';
import type { Receiver } from './receiver';

let receiver: Receiver;
const running: Sandbox[] = [];

beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(async () => {
  for (const sandbox of running.splice(0)) await sandbox.close();
  await receiver.close();
});

async function start(webhooks: WebhookChanges = {}): Promise<Sandbox> {
  const sandbox = await startSandbox({
    seed: 'empty',
    webhooks: { targetUrl: receiver.url, properties: { company: [] }, ...webhooks },
  });
  sandbox.tokens.issue();
  running.push(sandbox);
  return sandbox;
}

/** Creates companies, which send only their creation here, and returns their ids in order. */
function companies(sandbox: Sandbox, count: number): number[] {
  return Array.from({ length: count }, (_, index) => Number(sandbox.crm.create('companies', { name: `C${index}` }).id));
}

const ids = () => receiver.events().map((event) => Number(event['objectId']));

describe('repeats', () => {
  test('a refused request is repeated unchanged, with its attempts counted, until it is accepted', async () => {
    const sandbox = await start({ retryDelayScale: 0 });
    const answers = [500, 302, 401, 204];
    receiver.answer((_request, index) => answers[index] ?? 200);
    const [first, second] = companies(sandbox, 2);
    await sandbox.webhooks.idle();
    expect(receiver.requests.map(({ events }) => events.map((event) => event.attemptNumber))).toEqual([
      [0, 0],
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
    expect(receiver.requests.map(({ events }) => events.map((event) => event['objectId']))).toEqual(
      Array.from({ length: 4 }, () => [first, second]),
    );
    expect(new Set(receiver.events().map((event) => event.eventId)).size).toBe(2);
    const refused = sandbox.webhooks.deliveries({ outcome: 'refused' });
    expect(refused.map(({ id, attempt, status, retryInMs }) => [id, attempt, status, retryInMs])).toEqual([
      [1, 0, 500, 0],
      [1, 1, 302, 0],
      [1, 2, 401, 0],
    ]);
    expect(sandbox.webhooks.status()).toEqual({ waiting: 0, underWay: 0, delivered: 2, lost: 0, givenUp: 0 });
  });

  test('after ten repeats it is given up', async () => {
    const sandbox = await start({ retryDelayScale: 0 });
    receiver.answer(() => 503);
    companies(sandbox, 1);
    await sandbox.webhooks.idle();
    expect(receiver.events().map((event) => event.attemptNumber)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(sandbox.webhooks.status()).toMatchObject({ delivered: 0, givenUp: 1 });
    expect(sandbox.webhooks.deliveries().map((each) => each.givenUp)).toEqual([...Array(10).fill(false), true]);
  });

  test('no answer in time and no one listening are failures like a refusal', async () => {
    const sandbox = await start({ retryDelayScale: 0, answerTimeoutMs: 30, retries: 1 });
    receiver.answer(() => 'hang');
    companies(sandbox, 1);
    await sandbox.webhooks.idle();
    const [first] = sandbox.webhooks.deliveries();
    expect(first).toMatchObject({ outcome: 'no-answer', status: null, error: 'no answer in time' });
    const closed = await startReceiver();
    await closed.close();
    sandbox.settings.webhooks.targetUrl = closed.url;
    companies(sandbox, 1);
    await sandbox.webhooks.idle();
    expect(sandbox.webhooks.deliveries({ outcome: 'no-answer' })).toHaveLength(4);
    expect(sandbox.webhooks.status().givenUp).toBe(2);
  });

  test("repeats wait as long as HubSpot's, by scale, unless they are flushed", async () => {
    const sandbox = await start({ retryDelayScale: 1 });
    companies(sandbox, 1);
    const firstTry = new Promise<void>((resolve) => {
      receiver.answer((_request, index) => {
        if (index === 0) resolve();
        return index < 3 ? 500 : 200;
      });
    });
    await firstTry;
    await sandbox.webhooks.flush();
    // The first failure can be before the flush, and then it waits its minute, or during it.
    const delays = sandbox.webhooks.deliveries().map((each) => each.retryInMs);
    expect(delays.slice(1)).toEqual([0, 0, null]);
    expect(delays[0] === 0 || (Number(delays[0]) >= 48_000 && Number(delays[0]) <= 72_000)).toBe(true);
    expect(receiver.events().map((event) => event.attemptNumber)).toEqual([0, 1, 2, 3]);
  });

  test('at most ten requests are under way at once, and none is lost', async () => {
    const sandbox = await start({ batchSize: 1 });
    const underWay: number[] = [];
    const tenCame = Promise.withResolvers<void>();
    // Answers none before ten have come: with fewer at once the test would never end.
    receiver.answer(async (_request, index) => {
      underWay.push(sandbox.webhooks.status().underWay);
      if (index === 9) tenCame.resolve();
      await tenCame.promise;
      return 200;
    });
    const made = companies(sandbox, 35);
    await sandbox.webhooks.idle();
    expect(Math.max(...underWay)).toBe(10);
    expect(ids().toSorted((a, b) => a - b)).toEqual(made);
    expect(sandbox.webhooks.status()).toMatchObject({ delivered: 35, givenUp: 0 });
  });

  test('closing does not wait for a receiver that never answers', async () => {
    const sandbox = await start();
    const asked = new Promise<void>((resolve) => {
      receiver.answer(() => {
        resolve();
        return 'hang';
      });
    });
    companies(sandbox, 1);
    await asked;
    await Promise.all([sandbox.close(), sandbox.webhooks.idle()]);
  });
});

/** The positions of the lost events among a hundred. */
async function lostWith(seed: number): Promise<number[]> {
  receiver.clear();
  const sandbox = await start({ misbehaviour: { seed, lost: 0.3 } });
  const made = companies(sandbox, 100);
  await sandbox.webhooks.idle();
  const lost = sandbox.webhooks.lost().map((event) => Number(event.objectId));
  expect([...ids(), ...lost].toSorted((a, b) => a - b)).toEqual(made);
  expect(sandbox.webhooks.status()).toMatchObject({ delivered: 100 - lost.length, lost: lost.length });
  return lost.map((id) => made.indexOf(id));
}

describe('misbehaviour', () => {
  test('the same seed loses the same events, and they can be listed', async () => {
    const first = await lostWith(7);
    expect(first.length).toBeGreaterThan(10);
    expect(first.length).toBeLessThan(60);
    expect(await lostWith(7)).toEqual(first);
    expect(await lostWith(8)).not.toEqual(first);
  });

  test('a doubled event comes twice under the same id', async () => {
    const sandbox = await start({ misbehaviour: { doubled: 1, lateMs: 5 } });
    const made = companies(sandbox, 20);
    await sandbox.webhooks.idle();
    expect(ids().toSorted((a, b) => a - b)).toEqual(made.flatMap((id) => [id, id]));
    expect(new Set(receiver.events().map((event) => event.eventId)).size).toBe(20);
    expect(receiver.events().every((event) => event.attemptNumber === 0)).toBe(true);
  });

  test('a late event comes after its delay, or when everything is flushed', async () => {
    const sandbox = await start({ misbehaviour: { late: 1, lateMs: 3_600_000 } });
    const made = companies(sandbox, 3);
    expect(sandbox.webhooks.status()).toMatchObject({ waiting: 3, delivered: 0 });
    await sandbox.webhooks.flush();
    expect(ids().toSorted((a, b) => a - b)).toEqual(made);
    sandbox.settings.webhooks.misbehaviour.lateMs = 30;
    companies(sandbox, 1);
    await sandbox.webhooks.idle();
    expect(ids()).toHaveLength(4);
  });

  test('events out of order all come, but in another order', async () => {
    const sandbox = await start({ misbehaviour: { outOfOrder: 0.4 } });
    const made = companies(sandbox, 50);
    await sandbox.webhooks.idle();
    expect(ids()).not.toEqual(made);
    expect(ids().toSorted((a, b) => a - b)).toEqual(made);
    sandbox.settings.webhooks.misbehaviour.outOfOrder = 1;
    receiver.clear();
    const alone = companies(sandbox, 1);
    await sandbox.webhooks.idle();
    expect(ids()).toEqual(alone);
  });

  test('a property change can come before the creation that it belongs to, at the same time', async () => {
    const sandbox = await start({ properties: { company: ['name'] }, misbehaviour: { propertyFirst: 1 } });
    companies(sandbox, 1);
    await sandbox.webhooks.idle();
    const [change, creation] = receiver.events();
    expect([change?.subscriptionType, creation?.subscriptionType]).toEqual([
      'company.propertyChange',
      'company.creation',
    ]);
    expect(change?.occurredAt).toBe(creation?.occurredAt);
  });

  test('event ids can be shared by events that have nothing else in common', async () => {
    const sandbox = await start({ misbehaviour: { sharedEventId: 1 } });
    companies(sandbox, 5);
    await sandbox.webhooks.idle();
    expect(new Set(receiver.events().map((event) => event.eventId)).size).toBe(1);
    expect(new Set(ids()).size).toBe(5);
  });
});

test('webhooks can be set, awaited and listed over HTTP', async () => {
  const sandbox = await start({ targetUrl: null });
  const control = async (method: string, path: string, body?: unknown) =>
    replyOf(
      await fetch(`${sandbox.url}/sandbox/api/${path}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      }),
    );
  const webhooks = { targetUrl: receiver.url, retryDelayScale: 1, misbehaviour: { late: 1, lateMs: 3_600_000 } };
  const set = await control('PATCH', 'settings', { webhooks });
  expect(at(set.body, 'webhooks', 'targetUrl')).toBe(receiver.url);
  expect(at(set.body, 'webhooks', 'maxConcurrentRequests')).toBe(10);
  expect(at(set.body, 'webhooks', 'misbehaviour', 'seed')).toBe(1);
  for (const [wrong, named] of [
    [{ targetUrl: 'ftp://x.example' }, 'webhooks.targetUrl'],
    [{ misbehaviour: { lost: 2 } }, 'webhooks.misbehaviour.lost'],
    [{ batchSize: 101 }, 'webhooks.batchSize'],
  ] as const) {
    const refused = await control('PATCH', 'settings', { webhooks: wrong });
    expect([refused.status, String(at(refused.body, 'message'))]).toEqual([400, expect.stringContaining(named)]);
  }

  const contact = sandbox.crm.create('contacts', { email: 'gone@x.example' }).id;
  await control('POST', `portals/4815162/objects/contacts/${contact}/privacy-deletion`);
  expect(at((await control('POST', 'webhooks/idle?timeoutMs=20')).body, 'idle')).toBe(false);
  receiver.answer((_request, index) => (index === 0 ? 418 : 200));
  const flushed = await control('POST', 'webhooks/flush');
  expect(flushed.body).toMatchObject({ idle: true, waiting: 0, underWay: 0, lost: 0, givenUp: 0 });
  expect(receiver.events().map((event) => event.subscriptionType)).toContain('contact.privacyDeletion');
  const refused = await control('GET', 'webhooks/deliveries?outcome=refused');
  expect(listAt(refused.body, 'results')).toHaveLength(1);
  expect(at(refused.body, 'results', 0, 'status')).toBe(418);
  expect((await control('GET', 'webhooks/deliveries?outcome=perhaps')).status).toBe(400);
  await control('DELETE', 'webhooks/deliveries');
  expect(listAt((await control('GET', 'webhooks/deliveries')).body, 'results')).toEqual([]);
  expect((await control('POST', 'webhooks/idle')).body).toMatchObject({ idle: true });

  await control('PATCH', 'settings', { webhooks: { misbehaviour: { late: 0, lost: 1 } } });
  sandbox.crm.create('contacts', { email: 'lost@x.example' });
  expect(at((await control('GET', 'webhooks/lost')).body, 'results', 0, 'subscriptionType')).toBe('contact.creation');
  const reset = await control('DELETE', 'settings');
  expect(at(reset.body, 'webhooks', 'misbehaviour', 'lost')).toBe(0);
  expect(at(reset.body, 'webhooks', 'targetUrl')).toBe(receiver.url);
});
