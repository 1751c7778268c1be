import type { ReasonCode, SyncStatus } from '../../../meeting/status';
import { counted } from '../../../meeting/content/wording';
import { formatTime, formatWhen } from './format';

export { counted };

/** The word and the colour of a status. */
export interface StatusWord {
  readonly word: string;
  readonly tone: 'good' | 'bad' | 'busy' | 'run' | 'wait' | 'off';
}

/** A time, for people and for programs. */
export interface Time {
  readonly iso: string;
  readonly text: string;
  /** Shown when a reader points at the text: to the minute, with the time zone. */
  readonly exact: string;
}

export const STATUSES: Readonly<Record<SyncStatus, StatusWord>> = {
  accepted: { word: 'Queued', tone: 'run' },
  syncing: { word: 'Syncing', tone: 'run' },
  waiting: { word: 'Waiting for HubSpot', tone: 'wait' },
  needs_attention: { word: 'Needs you', tone: 'bad' },
  synced: { word: 'On timeline', tone: 'good' },
  skipped: { word: 'Skipped', tone: 'off' },
  deleted: { word: 'Deleted', tone: 'off' },
};

/** The word for a status with its reason. A meeting with people who could be created is not just skipped. */
export function statusWord(status: SyncStatus, reason: ReasonCode | null): StatusWord {
  if (status === 'skipped' && reason === 'no_crm_match') return { word: 'Not in HubSpot', tone: 'busy' };
  return STATUSES[status];
}

/** The order of the statuses in the filter of the list. */
export const STATUS_ORDER: readonly SyncStatus[] = [
  'needs_attention',
  'accepted',
  'syncing',
  'waiting',
  'synced',
  'skipped',
  'deleted',
];

/** Short names of the reasons. A reason's message has the details. */
export const REASONS: Readonly<Record<ReasonCode, string>> = {
  not_connected: 'Not connected to HubSpot',
  reauthorize: 'HubSpot disconnected us',
  missing_scope: 'A HubSpot permission is missing',
  contact_limit: 'The HubSpot account has no room for contacts',
  app_misconfigured: 'HubSpot refuses our app settings',
  hubspot_unavailable: 'HubSpot failed at every retry',
  hubspot_rejected: 'HubSpot refused to save it',
  hubspot_down: 'HubSpot is not responding',
  rate_limited: "HubSpot's rate limit",
  daily_limit: "HubSpot's daily limit",
  no_crm_match: 'No one from this meeting is in HubSpot',
  internal_only: 'Only colleagues took part',
  unlinked_by_hand: 'Every record was unlinked by hand',
  meeting_excluded: 'Excluded by the settings',
  private: 'Private',
  deleted_in_hubspot: 'Deleted in HubSpot',
  recorded_twice: 'Another recording came first',
  key_missing: 'An encryption key is missing',
  activities_remain: 'Activities remain in HubSpot',
  being_deleted: 'Being deleted',
  content_expired: 'Retention period ended',
  cancelled: 'Stopped by an operator',
  internal_error: 'Something went wrong on our side',
};

const KINDS: Readonly<Record<string, readonly [string, string]>> = {
  contacts: ['Contact', 'contacts'],
  companies: ['Company', 'companies'],
  deals: ['Deal', 'deals'],
};

/** The name of an object type. A custom type has its own name, when it is known. */
export function kindOf(objectType: string, typeName: string | null = null): string {
  return KINDS[objectType]?.[0] ?? typeName ?? 'Record';
}

/** `1 contact`, `2 companies`. */
export function countedRecords(objectType: string, count: number): string {
  const [one, many] = KINDS[objectType] ?? ['record', 'records'];
  return counted(count, one.toLowerCase(), many);
}

/** `2 h ago`, or `Wed 18 Nov, 15:30`. */
export function timeOf(date: Date | string, timeZone: string): Time {
  const iso = new Date(date).toISOString();
  return { iso, text: formatWhen(iso, timeZone), exact: formatTime(iso, timeZone) };
}

/** The name of a meeting on pages. The title is empty once the meeting was deleted. */
export function titleOf({ meetingId, title }: { readonly meetingId: string; readonly title: string }): string {
  return title === '' ? meetingId : title;
}

/** The path of a meeting's page, below PUBLIC_URL. */
export function meetingPath(meetingId: string): string {
  return `/meetings/${encodeURIComponent(meetingId)}`;
}
