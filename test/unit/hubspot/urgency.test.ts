import { expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { batcher } from '../../../src/hubspot/client/batching';
import type { Portal } from '../../../src/hubspot/client/portal';
import { asBulk, isBulk } from '../../../src/hubspot/client/urgency';
import { SearchQueue } from '../../../src/hubspot/search/search-queue';

const portal = { slot: () => Promise.resolve(), longestLingerMs: 10 } as unknown as Portal;

/** What a call waits for as, and a way to ask for an input. */
const forms = (seen: boolean[]): readonly [string, (input: string) => Promise<string>][] => {
  const send = async (inputs: readonly string[]): Promise<string[]> => {
    // Further slots, of a repeat for example, are taken after the first answer.
    await sleep(1);
    seen.push(isBulk());
    return [...inputs];
  };
  const queue = new SearchQueue<string>(portal, { fits: () => true, send });
  return [
    ['batch', batcher<string, string>(portal, { budget: 'requests', maxBatchSize: 100, send })],
    ['search', (input) => queue.ask(input, {})],
  ];
};

test.each([
  ['bulk work alone', [true, true], true],
  ['live work alone', [false, false], false],
  ['bulk work that live work joins', [true, false], false],
  ['live work that bulk work joins', [false, true], false],
])('a call of %s waits as the most urgent of its callers', async (_case, callers, expected) => {
  const seen: boolean[] = [];
  for (const [, ask] of forms(seen)) {
    // oxlint-disable-next-line no-await-in-loop -- one form after the other
    await Promise.all(callers.map((bulk, index) => (bulk ? asBulk(() => ask(`${index}`)) : ask(`${index}`))));
  }
  expect(seen).toEqual([expected, expected]);
});
