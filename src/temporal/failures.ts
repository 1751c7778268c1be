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
  /** A meeting needed attention for 30 days, and its run was given up. */
  givenUp: 'SyncGivenUp',
} as const;

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
