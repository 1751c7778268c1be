import DataLoader from 'dataloader';
import type { Budget } from '../../store/connections/tables';
import { currentCaller, onBehalfOf, type Caller } from './batch-callers';
import { Gathering, type Linger } from './gathering';
import { inHalves } from './halving';
import type { Portal } from './portal';
import { nextTurn } from './turns';
import { isBulk, withUrgency } from './urgency';

/** How long a single request waits for others. */
const LINGER_ALONE_MS = 10;
/** Rate of live inputs a second from which a batch waits longer for others. */
const BUSY_PER_SECOND = 5;
/** A batch waits at most for this many inputs at their current rate, or for the portal's longest linger. */
const WANTED_INPUTS = 20;

/**
 * How long the next batch waits after a batch of `inputs` that left `sinceMs` after the previous one. In milliseconds.
 * Bulk work waits however seldom its inputs are: passes that begin together pause for long between their calls.
 */
function lingerAfter(
  inputs: { readonly live: number; readonly all: number },
  sinceMs: number,
  longestMs: number,
): Linger {
  const rate = (count: number) => (count / Math.max(sinceMs, 1)) * 1_000;
  const wait = (perSecond: number) =>
    Math.min(longestMs, Math.max(LINGER_ALONE_MS, (WANTED_INPUTS / perSecond) * 1_000));
  const live = rate(inputs.live);
  return { live: live < BUSY_PER_SECOND ? LINGER_ALONE_MS : wait(live), bulk: wait(rate(inputs.all)) };
}

/**
 * Merges the inputs of concurrent activities for one portal into batch calls, and gives each caller its own result or
 * its own error. A batch leaves only when the limiter grants a slot. While the account's limit is used up, inputs
 * gather, so the fewer calls are left, the more each one carries. Inputs of bulk work leave with those of live meetings,
 * and wait longer without them. A refused batch is split ({@link inHalves}).
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
  let linger: Linger = { live: LINGER_ALONE_MS, bulk: portal.longestLingerMs };
  let leftAt = -Infinity;
  let gathering = new Gathering(maxBatchSize);
  let leaving = gathering;
  const loader = new DataLoader<Waiting<Input>, Output>(
    (asked) => {
      const now = performance.now();
      const live = asked.filter(({ isLive }) => isLive).length;
      linger = lingerAfter({ live, all: asked.length }, now - leftAt, portal.longestLingerMs);
      leftAt = now;
      if (grant !== null) return Promise.reject(grant.error);
      const callers = asked.map(({ caller }) => caller);
      const inputs = asked.map(({ input }) => input);
      const { urgency } = leaving;
      // The batch runs in the async context of its first caller. Set the context for all of its callers.
      return withUrgency(urgency.urgent, () =>
        onBehalfOf(callers, () => inHalves(inputs, send, () => portal.slot(budget, urgency))),
      );
    },
    {
      cache: false,
      maxBatchSize,
      batchScheduleFn: (dispatch) => {
        const next = new Gathering(maxBatchSize);
        gathering = next;
        const leave = (refused: { readonly error: unknown } | null) => {
          // DataLoader calls the batch function before `dispatch` returns.
          grant = refused;
          leaving = next;
          dispatch();
          grant = null;
        };
        void next
          .done(linger)
          .then(() => portal.slot(budget, next.urgency))
          .then(
            () => leave(null),
            (error: unknown) => leave({ error }),
          );
      },
    },
  );
  return async (input) => {
    const isLive = !isBulk();
    const answer = loader.load({ input, caller: currentCaller(), isLive });
    // The input joined the batch that gathers now, or began one.
    gathering.joined(isLive);
    try {
      return await answer;
    } finally {
      if (!isLive) await nextTurn();
    }
  };
}

interface Waiting<Input> {
  readonly input: Input;
  readonly caller: Caller;
  readonly isLive: boolean;
}
