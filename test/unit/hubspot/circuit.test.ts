import { expect, test } from '@jest/globals';
import { Circuit } from '../../../src/hubspot/client/circuit';
import { HubSpotError } from '../../../src/hubspot/client/errors';

const OUTAGE = new HubSpotError('GET /x', { status: 503, retryAfter: null, body: {} });

test('an outage opens the circuit once, however many probes fail, and an answer closes it once', async () => {
  const changes: string[] = [];
  const circuit = new Circuit(0.0001, (change) => changes.push(change));
  /** Asks until `times` more requests were sent. */
  const ask = async (times: number, work: () => Promise<void>): Promise<void> => {
    if (times === 0) return;
    let sent = false;
    await circuit
      .run(() => {
        sent = true;
        return work();
      })
      .catch(() => new Promise((resolve) => setTimeout(resolve, 1)));
    await ask(sent ? times - 1 : times, work);
  };
  await ask(7, () => Promise.reject(OUTAGE));
  expect(changes).toEqual([]);
  await ask(3, () => Promise.reject(OUTAGE));
  expect(changes).toEqual(['opened']);
  await ask(2, () => Promise.resolve());
  expect(changes).toEqual(['opened', 'closed']);
});
