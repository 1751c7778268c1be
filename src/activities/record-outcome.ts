import { reasons } from '../meeting/reasons';
import type { SyncReason } from '../meeting/status';
import { saveProgress, type MeetingKey } from '../store/meetings';
import { findConnection } from '../store/connections';
import { loadSettings } from '../store/settings';
import type { ActivityDependencies } from './dependencies';
import type { Skip } from './resolve-participants';

/** How far a pass came; `waiting` and `needs_attention` are not its end. */
export type Outcome =
  | { readonly status: 'synced' }
  | ({ readonly status: 'skipped' } & (Skip | { readonly code: 'deleted_in_hubspot' }))
  | { readonly status: 'waiting' | 'needs_attention'; readonly reason: SyncReason };

/** Records where the sync stands, for the status document and the pages. */
export function recordOutcome(dependencies: ActivityDependencies) {
  return async ({
    outcome,
    ...key
  }: MeetingKey & { readonly outcome: Outcome }): Promise<{ readonly goOn: boolean }> => {
    const { lateMatchDays } = await loadSettings(dependencies.db, key.workspaceId);
    await saveProgress(dependencies.db, key, { status: outcome.status, reason: reasonOf(outcome, lateMatchDays) });
    return { goOn: await isMended(key, outcome) };
  };

  /** Somebody may have connected between the failure and this record: nobody would wake the sync then. */
  async function isMended({ workspaceId }: MeetingKey, outcome: Outcome): Promise<boolean> {
    if (outcome.status !== 'needs_attention') return false;
    if (outcome.reason.code !== 'not_connected' && outcome.reason.code !== 'reauthorize') return false;
    return (await findConnection(dependencies.db, workspaceId))?.state === 'connected';
  }
}

function reasonOf(outcome: Outcome, lateMatchDays: number): SyncReason | null {
  switch (outcome.status) {
    case 'synced':
      return null;
    case 'waiting':
    case 'needs_attention':
      return outcome.reason;
    case 'skipped':
      return skipReason(outcome, lateMatchDays);
  }
}

function skipReason(skip: Skip | { readonly code: 'deleted_in_hubspot' }, lateMatchDays: number): SyncReason {
  switch (skip.code) {
    case 'no_crm_match':
      return reasons.no_crm_match({ lateMatchDays });
    case 'meeting_excluded':
      return reasons.meeting_excluded({ setting: skip.setting });
    default:
      return reasons[skip.code]();
  }
}
