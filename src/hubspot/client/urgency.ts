import { AsyncLocalStorage } from 'node:async_hooks';

const bulk = new AsyncLocalStorage<boolean>();

/** Does work whose calls to HubSpot let those of live meetings go first. */
export function asBulk<Result>(work: () => Result): Result {
  return bulk.run(true, work);
}

/** Does work for several callers. Its calls do not wait as bulk work does if one of the callers is live. */
export function withUrgency<Result>(urgent: boolean, work: () => Result): Result {
  return bulk.run(!urgent, work);
}

/** Whether the current call belongs to bulk work. */
export function isBulk(): boolean {
  return bulk.getStore() === true;
}

/** Whether a call waits for its turn as bulk work does. It becomes urgent once live work needs it, too. */
export class Urgency {
  readonly #hurried = Promise.withResolvers<void>();
  #urgent = false;

  /** @param urgent - false lets calls of live work go first; `@default` false in bulk work, otherwise true */
  constructor(urgent = !isBulk()) {
    if (urgent) this.hurry();
  }

  get urgent(): boolean {
    return this.#urgent;
  }

  /** Resolves once the call is urgent. */
  get hurried(): Promise<void> {
    return this.#hurried.promise;
  }

  hurry(): void {
    this.#urgent = true;
    this.#hurried.resolve();
  }
}
