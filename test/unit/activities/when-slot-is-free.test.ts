import { expect, test } from '@jest/globals';
import { whenSlotIsFree } from '../../../src/activities/when-slot-is-free';
import { BudgetExhaustedError } from '../../../src/hubspot/client/limiter';
import { NotSentError } from '../../../src/hubspot/client/portal';

/** Work that fails with these errors one after the other, and then returns how often it ran. */
function failing(...errors: readonly Error[]): () => Promise<number> {
  let runs = 0;
  return async () => {
    const error = errors[runs++];
    return await (error === undefined ? Promise.resolve(runs) : Promise.reject(error));
  };
}

const { signal } = new AbortController();
const exhausted = (closed: string | null, retryMs = 1) => new BudgetExhaustedError('requests', retryMs, closed);

test('work without a slot is repeated in place until one is free', async () => {
  const work = failing(exhausted(null), new NotSentError(exhausted(null)), exhausted('ten_seconds'));
  expect(await whenSlotIsFree(work, signal)).toBe(4);
});

test.each([
  ['of a daily limit', exhausted('day')],
  ['of a move between data centers', exhausted('migration')],
  ['of another kind', new Error('no answer')],
])('an error %s is left to the activity', async (_case, error) => {
  await expect(whenSlotIsFree(failing(error), signal)).rejects.toBe(error);
});

test('a cancelled activity does not wait for a slot', async () => {
  const cancelled = AbortSignal.abort();
  await expect(whenSlotIsFree(failing(exhausted(null, 60_000)), cancelled)).rejects.toThrow('abort');
});
