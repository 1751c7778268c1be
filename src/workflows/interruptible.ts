import { CancellationScope, isCancellation } from '@temporalio/workflow';
import { failureOf, type PassFailure } from './step-failure';

/** Runs passes, and can interrupt the running one. */
export class Interruptible {
  #pass: CancellationScope | null = null;

  /** Cancels the steps of the running pass. Does nothing between passes. */
  interrupt(): void {
    this.#pass?.cancel();
  }

  /** @returns null when the pass completed or was interrupted, otherwise what to wait for */
  async run(pass: () => Promise<void>): Promise<PassFailure | null> {
    const scope = new CancellationScope();
    this.#pass = scope;
    try {
      return await scope.run(() => failureOf(pass));
    } catch (error) {
      if (!isCancellation(error) || CancellationScope.current().consideredCancelled) throw error;
      return null;
    } finally {
      this.#pass = null;
    }
  }
}
