import { setTimeout as sleep } from 'node:timers/promises';
import DataLoader from 'dataloader';
import type { Budget } from '../store/schema';
import type { Portal } from './portal';

/** How long a lone request waits for company. */
const LINGER_MS = 10;

/**
 * Merges what concurrent activities ask of one portal into batch calls, and gives each caller its own result or its own
 * error. A batch leaves when the limiter grants a slot, not before: while the account's limit is used up, requests
 * gather, so that the fewer calls are left, the more each one carries.
 *
 * @param send - one HubSpot call; answers every input, at its position, with a result or an Error
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
  const loader = new DataLoader<Input, Output>(
    (inputs) => {
      if (grant !== null) return Promise.reject(grant.error);
      return send(inputs);
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
        void sleep(LINGER_MS)
          .then(() => portal.slot(budget))
          .then(
            () => leave(null),
            (error: unknown) => leave({ error }),
          );
      },
    },
  );
  return (input) => loader.load(input);
}
