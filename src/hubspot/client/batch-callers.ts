import { AsyncLocalStorage } from 'node:async_hooks';

/** Runs something in the asynchronous context of one who waits for a batch. */
export type Caller = <Result>(work: () => Result) => Result;

const served = new AsyncLocalStorage<readonly Caller[]>();

/** Whoever asks now, to be told of later by {@link servedCallers}. */
export function currentCaller(): Caller {
  return AsyncLocalStorage.snapshot();
}

/** Sends a batch on behalf of its callers. */
export function onBehalfOf<Result>(callers: readonly Caller[], send: () => Result): Result {
  return served.run(callers, send);
}

/** Everybody whom the request that goes on serves: for traces. Empty for a request that is no batch. */
export function servedCallers(): readonly Caller[] {
  return served.getStore() ?? [];
}
