import { condition, isCancellation } from '@temporalio/workflow';
import type { BegunSync, ResolvedParticipants } from '../meeting/pass';
import type { LongWait } from '../temporal/failures';
import { resolveParticipants } from './activities';
import { summaryOf } from './pauses';
import { readStepFailure } from './step-failure';
import { SYNCING, type SyncProgress } from './sync-progress';

/** Finds the participants in HubSpot. Large meetings take several attempts, because HubSpot limits searches. */
export class LookUp {
  #since: string | undefined;
  #rewrites = 0;
  #againInMs: number | null = null;
  #isSecondLook = false;

  /**
   * Begins a pass. It continues an unfinished look-up, so that requests by events do not restart it. A request by a person
   * restarts it, because the person expects current data.
   */
  begin({ begunAt, rewrites }: BegunSync): void {
    this.#againInMs = null;
    if (this.#since === undefined || rewrites !== this.#rewrites) this.#since = begunAt;
    this.#rewrites = rewrites;
  }

  /**
   * @param isRequested - whether another pass is requested, which ends a wait
   * @returns null when another pass was requested before the look-up was complete
   */
  async run(
    key: { readonly workspaceId: string; readonly meetingId: string },
    progress: SyncProgress,
    isRequested: () => boolean,
  ): Promise<ResolvedParticipants | null> {
    for (let waited = false; ; waited = true) {
      try {
        const since = this.#since;
        const resolved = await resolveParticipants({ ...key, ...(since === undefined ? {} : { since }) });
        this.#since = undefined;
        this.#againInMs = resolved.againInMs ?? null;
        if (waited) progress.show(SYNCING);
        return resolved;
      } catch (error) {
        const wait = waitInStep(error);
        if (wait === null) throw error;
        await progress.record({ status: 'waiting', reason: wait.reason });
        if (await condition(isRequested, wait.ms, { summary: summaryOf(wait.reason) })) return null;
      }
    }
  }

  /**
   * Waits until the search index knows what an event named before the pass that just ended, if that is needed: once, unless
   * another pass is requested.
   *
   * @returns whether another pass is due
   */
  async isAgainDue(isRequested: () => boolean, timeScale: number): Promise<boolean> {
    const ms = this.#isSecondLook ? null : this.#againInMs;
    this.#isSecondLook = false;
    if (isRequested()) return true;
    if (ms === null) return false;
    try {
      this.#isSecondLook = !(await condition(isRequested, ms * timeScale, { summary: 'HubSpot’s search index' }));
      return true;
    } catch (error) {
      // The pass is complete: there is nothing to cancel.
      if (isCancellation(error)) return false;
      throw error;
    }
  }
}

/** @returns the wait after which the same step continues, or null for any other failure */
function waitInStep(error: unknown): LongWait | null {
  const failure = readStepFailure(error);
  return failure?.status === 'waiting' && failure.wait.sameStep === true ? failure.wait : null;
}
