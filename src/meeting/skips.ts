import { reasons } from './reasons';
import type { ReasonCode, SyncReason } from './status';

/** Why a meeting is not written. */
export type Skip = {
  /**
   * Activities that were written before are removed from HubSpot. Otherwise they stay there, associated with no record.
   */
  readonly takenBack?: true;
} & (
  | { readonly code: 'internal_only' | 'no_crm_match' | 'unlinked_by_hand' | 'recorded_twice' | 'private' }
  | {
      readonly code: 'meeting_excluded';
      /** The setting that excludes the meeting, in words without meeting content. */
      readonly setting: string;
    }
);

/** Returns the reason for a skip. */
export function skipReason(skip: Skip, { lateMatchDays }: { readonly lateMatchDays: number }): SyncReason {
  switch (skip.code) {
    case 'no_crm_match':
      return reasons.no_crm_match({ lateMatchDays });
    case 'meeting_excluded':
      return reasons.meeting_excluded({ setting: skip.setting });
    default:
      return reasons[skip.code]();
  }
}

/** The reasons for which activities that were written before are removed from HubSpot. */
const REMOVING: readonly ReasonCode[] = ['unlinked_by_hand', 'recorded_twice', 'private'];

/** Whether activities that were written before are removed from HubSpot, and not only from the timelines. */
export function removesFromHubSpot({
  code,
  takenBack = false,
}: {
  readonly code: ReasonCode;
  readonly takenBack?: boolean;
}): boolean {
  return REMOVING.includes(code) || takenBack;
}
