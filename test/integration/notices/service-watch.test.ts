import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ServiceWatch } from '../../../src/dispatch/service-watch';
import { startStack, type Stack } from '../../support/stack';
import { statesOf, webhook } from './outlets';
import { startReceiver, type Receiver } from './receiver';

let stack: Stack;
let receiver: Receiver;
beforeAll(async () => {
  stack = await startStack();
  receiver = await startReceiver();
});
afterAll(async () => {
  await stack.close();
  await receiver.close();
});

test('that no worker runs is reported once, by the server, and again after the next stop', async () => {
  const { db } = stack.product;
  const { signal } = new AbortController();
  const watch = new ServiceWatch(stack.product);
  const { id, secret } = await webhook(stack, receiver.url, { events: ['service.paused'] });
  await webhook(stack, receiver.url, { events: ['meeting.synced'] });
  await watch.sweep(signal);
  expect(receiver.received).toEqual([]);

  const stopped = async (minutesAgo: number) => {
    const seenAt = new Date(Date.now() - minutesAgo * 60_000);
    await db.updateTable('processes').set({ seen_at: seenAt }).execute();
    return seenAt.toISOString();
  };
  const since = await stopped(60);
  await Promise.all([watch.sweep(signal), new ServiceWatch(stack.product).sweep(signal)]);
  await watch.sweep(signal);
  const data = { cause: 'service_not_running', portalId: null, since, until: null };
  expect(new Set(receiver.verified(secret).map((one) => one.id)).size).toBe(1);
  expect(receiver.verified(secret)[0]).toMatchObject({ type: 'service.paused', data });
  await stopped(30);
  await watch.sweep(signal);
  expect(await statesOf(stack, id)).toEqual({ delivered: 2 });
});
