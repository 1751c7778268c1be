import type { SyncReason } from '../meeting/status';

/**
 * Failure types that travel through Temporal between activities and the workflow. Stable: running workflows and
 * recorded histories know them by these names.
 */
export const FAILURE = {
  /** Only a person can mend it; details: {@link SyncReason}. */
  parked: 'SyncParked',
  /** HubSpot is to be left alone for long; details: {@link LongWait}. */
  wait: 'SyncWait',
  /** Passes by itself; Temporal tries the activity again. */
  retry: 'SyncRetry',
  /** The workflow was started for a meeting that is not stored. */
  unknownMeeting: 'UnknownMeeting',
  /** A parked sync was given up. */
  givenUp: 'SyncGivenUp',
} as const;

/** A wait that is too long to hold an activity for: the workflow sleeps and shows it. */
export interface LongWait {
  readonly reason: SyncReason;
  /** The minimum pause. */
  readonly ms: number;
  /** HubSpot failed temporarily. The workflow pauses longer each time, and parks in the end. */
  readonly outage?: { readonly detail: string };
}
