import { ActivityFailure, ApplicationFailure, CancellationScope, CancelledFailure } from '@temporalio/workflow';
import type { SyncReason } from '../meeting/status';
import { FAILURE, isLongWait, isReason, type LongWait } from '../temporal/failures';

/** Why a pass did not complete, if the workflow has to react to it: the status that the meeting shows meanwhile. */
export type PassFailure =
  | { readonly status: 'waiting'; readonly wait: LongWait }
  | { readonly status: 'needs_attention'; readonly reason: SyncReason };

/**
 * Runs a pass.
 *
 * @returns null when the pass completed, otherwise what to wait for
 * @throws every other failure: an unknown meeting, a cancellation
 */
export async function failureOf(pass: () => Promise<void>): Promise<PassFailure | null> {
  try {
    await pass();
    return null;
  } catch (error) {
    // A cancelled step may end with a failure of its own, which must count as the cancellation.
    if (CancellationScope.current().consideredCancelled) throw new CancelledFailure('Asked to stop');
    const failure = readStepFailure(error);
    if (failure === null) throw error;
    return failure;
  }
}

/** Reads the failure that the activities' interceptor gave to Temporal. Null for every other error. Pure. */
export function readStepFailure(error: unknown): PassFailure | null {
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  if (!(cause instanceof ApplicationFailure)) return null;
  const [detail] = cause.details ?? [];
  if (cause.type === FAILURE.wait && isLongWait(detail)) return { status: 'waiting', wait: detail };
  if (cause.type === FAILURE.needsAttention && isReason(detail)) return { status: 'needs_attention', reason: detail };
  return null;
}
