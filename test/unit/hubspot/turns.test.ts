import { setImmediate as immediate } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { nextTurn } from '../../../src/hubspot/client/turns';

test('work that waits for its turn goes on in order, with other work in between', async () => {
  const order: string[] = [];
  const bulk = ['first', 'second', 'third'].map(async (name) => {
    await nextTurn();
    order.push(name);
  });
  await immediate();
  order.push('live');
  await Promise.all(bulk);
  expect(order).toEqual(['first', 'live', 'second', 'third']);
});
