import { AsyncLocalStorage } from 'node:async_hooks';

/** Runs work in the asynchronous context of a caller that waits for a batch. */
export type Caller = <Result>(work: () => Result) => Result;

const served = new AsyncLocalStorage<readonly Caller[]>();

/** The current caller, for {@link servedCallers} to return later. */
export function currentCaller(): Caller {
  return AsyncLocalStorage.snapshot();
}

/** Sends a batch on behalf of its callers. */
export function onBehalfOf<Result>(callers: readonly Caller[], send: () => Result): Result {
  return served.run(callers, send);
}

/** All callers that the current request serves, for traces. Empty for a request that is no batch. */
export function servedCallers(): readonly Caller[] {
  return served.getStore() ?? [];
}
