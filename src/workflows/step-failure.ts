import { ActivityFailure, ApplicationFailure, CancellationScope, CancelledFailure } from '@temporalio/workflow';
import type { SyncReason } from '../meeting/status';
import { FAILURE, type LongWait } from '../temporal/failures';

/** Why a pass did not complete, if the workflow has to react to it. */
export type StepFailure =
  | { readonly next: 'wait'; readonly wait: LongWait }
  | { readonly next: 'needs_attention'; readonly reason: SyncReason };

/**
 * Runs a pass.
 *
 * @returns null when the pass completed, otherwise what to wait for
 * @throws every other failure: an unknown meeting, a cancellation
 */
export async function failureOf(pass: () => Promise<void>): Promise<StepFailure | null> {
  try {
    await pass();
    return null;
  } catch (error) {
    // A cancelled step may end with a failure of its own, which must count as the cancellation.
    if (CancellationScope.current().consideredCancelled) throw new CancelledFailure('Asked to stop');
    const cause = error instanceof ActivityFailure ? error.cause : undefined;
    if (!(cause instanceof ApplicationFailure)) throw error;
    // The activities' interceptor creates both types with exactly these details (see temporal/failures.ts).
    const [detail] = cause.details ?? [];
    if (cause.type === FAILURE.wait) return { next: 'wait', wait: detail as LongWait };
    if (cause.type === FAILURE.needsAttention) return { next: 'needs_attention', reason: detail as SyncReason };
    throw error;
  }
}
