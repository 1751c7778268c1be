import { ActivityFailure, ApplicationFailure, CancellationScope, CancelledFailure } from '@temporalio/workflow';
import type { SyncReason } from '../meeting/status';
import { FAILURE, type LongWait } from '../temporal/failures';

/** Why a pass did not come to its end, where the workflow has to do something about it. */
export type StepFailure =
  { readonly next: 'wait'; readonly wait: LongWait } | { readonly next: 'park'; readonly reason: SyncReason };

/**
 * Runs a pass.
 *
 * @returns null when it came to its end, else what to wait for
 * @throws every other failure: an unknown meeting, a cancellation
 */
export async function failureOf(pass: () => Promise<void>): Promise<StepFailure | null> {
  try {
    await pass();
    return null;
  } catch (error) {
    // A step that was asked to stop and fails ends with its own failure: it is a cancellation all the same.
    if (CancellationScope.current().consideredCancelled) throw new CancelledFailure('Asked to stop');
    const cause = error instanceof ActivityFailure ? error.cause : undefined;
    if (!(cause instanceof ApplicationFailure)) throw error;
    // The activities' interceptor makes both, with exactly this detail (see temporal/failures).
    const [detail] = cause.details ?? [];
    if (cause.type === FAILURE.wait) return { next: 'wait', wait: detail as LongWait };
    if (cause.type === FAILURE.parked) return { next: 'park', reason: detail as SyncReason };
    throw error;
  }
}
