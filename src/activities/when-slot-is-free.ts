import { setTimeout as sleep } from 'node:timers/promises';
import { BudgetExhaustedError, isBusy } from '../hubspot/client/limiter';
import { NotSentError } from '../hubspot/client/portal';

/**
 * Repeats work in place while live work leaves no slot of the account's limit for it, so that an activity of many pages
 * keeps the pages before. The interceptor sends its heartbeats meanwhile.
 *
 * @throws all other errors, such as that of a limit that lasts until midnight
 */
export async function whenSlotIsFree<Result>(work: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
  for (;;) {
    try {
      // oxlint-disable-next-line no-await-in-loop -- repeats
      return await work();
    } catch (error) {
      const cause = error instanceof NotSentError ? error.cause : error;
      if (!(cause instanceof BudgetExhaustedError) || !isBusy(cause.closed)) throw error;
      // oxlint-disable-next-line no-await-in-loop -- as above
      await sleep(cause.retryMs, undefined, { signal });
    }
  }
}
