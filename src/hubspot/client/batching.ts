import { setTimeout as sleep } from 'node:timers/promises';
import DataLoader from 'dataloader';
import type { Budget } from '../../store/connections/tables';
import { currentCaller, onBehalfOf, type Caller } from './batch-callers';
import { inHalves } from './halving';
import type { Portal } from './portal';

/** How long a single request waits for others. */
const LINGER_ALONE_MS = 10;
/** Rate of inputs a second from which a batch waits longer for others. */
const BUSY_PER_SECOND = 5;
/** A batch waits at most for this many inputs at their current rate, or for the portal's longest linger. */
const WANTED_INPUTS = 20;

/**
 * How long the next batch waits after a batch of `inputs` that left `sinceMs` after the previous one. In milliseconds.
 */
function lingerAfter(inputs: number, sinceMs: number, longestMs: number): number {
  const perSecond = (inputs / Math.max(sinceMs, 1)) * 1_000;
  if (perSecond < BUSY_PER_SECOND) return LINGER_ALONE_MS;
  return Math.min(longestMs, Math.max(LINGER_ALONE_MS, (WANTED_INPUTS / perSecond) * 1_000));
}

/**
 * Merges the inputs of concurrent activities for one portal into batch calls, and gives each caller its own result or
 * its own error. A batch leaves only when the limiter grants a slot. While the account's limit is used up, inputs
 * gather, so the fewer calls are left, the more each one carries. A refused batch is split ({@link inHalves}).
 *
 * @param send - sends one HubSpot call; answers every input, at its position, with a result or an Error
 */
export function batcher<Input, Output>(
  portal: Portal,
  {
    budget,
    maxBatchSize,
    send,
  }: { budget: Budget; maxBatchSize: number; send: (inputs: readonly Input[]) => Promise<readonly (Output | Error)[]> },
): (input: Input) => Promise<Output> {
  let grant: { readonly error: unknown } | null = null;
  let lingerMs = LINGER_ALONE_MS;
  let leftAt = -Infinity;
  const loader = new DataLoader<{ input: Input; caller: Caller }, Output>(
    (asked) => {
      const now = performance.now();
      lingerMs = lingerAfter(asked.length, now - leftAt, portal.longestLingerMs);
      leftAt = now;
      if (grant !== null) return Promise.reject(grant.error);
      const callers = asked.map(({ caller }) => caller);
      const inputs = asked.map(({ input }) => input);
      return onBehalfOf(callers, () => inHalves(inputs, send, () => portal.slot(budget)));
    },
    {
      cache: false,
      maxBatchSize,
      batchScheduleFn: (dispatch) => {
        const leave = (refused: { readonly error: unknown } | null) => {
          // DataLoader calls the batch function before `dispatch` returns.
          grant = refused;
          dispatch();
          grant = null;
        };
        void sleep(lingerMs)
          .then(() => portal.slot(budget))
          .then(
            () => leave(null),
            (error: unknown) => leave({ error }),
          );
      },
    },
  );
  return (input) => loader.load({ input, caller: currentCaller() });
}
