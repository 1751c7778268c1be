import type { FailureKind } from '../meeting/failure-kinds';
import type { SyncReason } from '../meeting/status';

/**
 * Failure types that activities report to workflows. The names are stable, because running workflows and recorded
 * histories contain them.
 */
export const FAILURE = {
  /** Needs attention: only a person can resolve it. Details: {@link SyncReason}. */
  needsAttention: 'SyncParked',
  /** HubSpot must not be called for a while. Details: {@link LongWait}. */
  wait: 'SyncWait',
  /** Temporary: Temporal retries the activity. */
  retry: 'SyncRetry',
  /** The workflow was started for a meeting that is not stored. */
  unknownMeeting: 'UnknownMeeting',
  /** A meeting needed attention for 30 days, and its run ended. */
  givenUp: 'SyncGivenUp',
} as const;

/** The failure type with which Temporal gets each kind of failure. A workflow reacts to a type, a person to the reason. */
export const FAILURE_TYPE: Readonly<Record<FailureKind, (typeof FAILURE)[keyof typeof FAILURE]>> = {
  retry: FAILURE.retry,
  wait: FAILURE.wait,
  reauthorize: FAILURE.needsAttention,
  needs_attention: FAILURE.needsAttention,
  rejected: FAILURE.needsAttention,
};

/** What a failed step leads to. Delays are in milliseconds. `counts`: the retry brings the meeting closer to a person. */
export type StepFailure = { readonly kind: FailureKind } & (
  | { readonly kind: 'retry'; readonly afterMs: number; readonly counts: boolean }
  | ({ readonly kind: 'wait' } & LongWait)
  | { readonly kind: 'reauthorize' | 'needs_attention' | 'rejected'; readonly reason: SyncReason }
);

/** A wait that is too long for an activity: the workflow sleeps instead and shows the reason. */
export interface LongWait {
  readonly reason: SyncReason;
  /** The shortest pause, in milliseconds. */
  readonly ms: number;
  /** Set when HubSpot failed temporarily. The workflow pauses longer each time, until the meeting needs attention. */
  readonly outage?: { readonly detail: string };
  /** The step has kept what it learned: run it again, in the same pass. */
  readonly sameStep?: true;
}

/** Whether a failure's detail is a {@link LongWait}. The activities' interceptor creates it with exactly these fields. */
export function isLongWait(detail: unknown): detail is LongWait {
  return (
    isObject(detail) && 'ms' in detail && typeof detail.ms === 'number' && 'reason' in detail && isReason(detail.reason)
  );
}

/** Whether a failure's detail is a {@link SyncReason}. */
export function isReason(detail: unknown): detail is SyncReason {
  return isObject(detail) && ['code', 'message', 'action'].every((name) => name in detail);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
