import type { ReasonCode, SyncStatus } from '../status';

/** A meeting of a notice, as it is now. */
export interface NamedMeeting {
  readonly status: SyncStatus;
  readonly reason: ReasonCode | null;
  /** Content, null unless the outlet gets it: the title, and why the meeting is not synced. */
  readonly title: string | null;
  readonly sentence: string | null;
}
