import type { SyncStatus } from './status';

/** The states of meetings in lists. A meeting with people who could be created is not just skipped. */
export const LIST_STATES = ['needs_you', 'in_progress', 'on_timeline', 'not_in_hubspot', 'skipped', 'deleted'] as const;
export type ListState = (typeof LIST_STATES)[number];

const ONE: Readonly<Record<Exclude<SyncStatus, 'skipped'>, ListState>> = {
  needs_attention: 'needs_you',
  accepted: 'in_progress',
  syncing: 'in_progress',
  waiting: 'in_progress',
  synced: 'on_timeline',
  deleted: 'deleted',
};

/** The state of a meeting with that status. @param isUnmatched - whether no one from it is in HubSpot */
export function stateOf(status: SyncStatus, isUnmatched: boolean): ListState {
  if (status === 'skipped') return isUnmatched ? 'not_in_hubspot' : 'skipped';
  return ONE[status];
}
