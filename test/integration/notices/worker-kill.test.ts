import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { NoticeDispatcher } from '../../../src/dispatch/notice-dispatcher';
import { deliverNoticesWorkflowId } from '../../../src/temporal/names';
import { startStack, type Stack } from '../../support/stack';
import { happen, statesOf, sweepUntil, webhook } from './outlets';
import { startReceiver, type Receiver } from './receiver';

let stack: Stack;
let receiver: Receiver;
beforeAll(async () => {
  stack = await startStack({ timeScale: 0.001 });
  receiver = await startReceiver();
});
afterAll(async () => {
  await stack.close();
  await receiver.close();
});

test('a worker that stops amid deliveries loses none, and what another one repeats has the same id', async () => {
  let hold = true;
  const waiting: (() => void)[] = [];
  receiver.behave(async (_received, reply) => {
    if (hold) await new Promise<void>((resolve) => void waiting.push(resolve));
    return reply.code(204).send();
  });
  const { id, secret } = await webhook(stack, receiver.url);
  const happened = await happen(stack, 12);
  await sweepUntil(stack, () => receiver.received.length > 0);
  // Its run ends without an answer to what it has sent, as after a crash.
  await stack.temporal.workflow.getHandle(deliverNoticesWorkflowId(id)).terminate();
  stack.workers.notices.shutdown();
  hold = false;
  for (const resolve of waiting) resolve();
  await stack.moreWorkers();
  await stack.product.db.updateTable('outlets').set({ asked_at: null }).execute();
  await sweepUntil(stack, async () => (await statesOf(stack, id))['delivered'] === 12);
  const byId = new Map(receiver.verified(secret).map((one) => [one.id, one.data['portalId']]));
  expect([...byId.values()].toSorted((a, b) => Number(a) - Number(b))).toEqual(happened);
});

test('notices wait in the database while Temporal is away, and go out when it is back', async () => {
  const { product, temporal, taskQueue } = stack;
  const away = Object.create(temporal, {
    withDeadline: { value: () => Promise.reject(new Error('Temporal is away')) },
  }) as typeof temporal;
  const notifier = new NoticeDispatcher({ ...product, temporal: away, taskQueue });
  receiver.received.length = 0;
  receiver.behave((_received, reply) => reply.code(204).send());
  const { id } = await webhook(stack, receiver.url);
  await happen(stack, 3, 100);
  await notifier.sweep();
  await notifier.sweep();
  expect(await statesOf(stack, id)).toEqual({ waiting: 3 });
  await sweepUntil(stack, async () => (await statesOf(stack, id))['delivered'] === 3);
});
